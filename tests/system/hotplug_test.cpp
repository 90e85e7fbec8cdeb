// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens that come and go, as programs on the bus see it: BAD_INPUT rows 64, 65, 85, 86.
#include <algorithm>
#include <iostream>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string token_interface = "org.cardseal.CardsealControl1.Token";
const std::string key_interface = "org.cardseal.CardsealControl1.Key";
const Options as_der{{"format", std::string("der")}};
using Signal = BusCaller::Signal;

/// A session with one token of two keys, whose module is waited for or polled.
class PlugSession : public Session {
public:
    explicit PlugSession(std::string watching)
        : Session(WorldSetup{.keys = {"rsa2048", "p256"}, .fault_module = WorldSetup::FaultModule::InFront}),
          watching_(std::move(watching)) {
        // Whether a module is waited for is found out when it starts.
        world.set_faults({watching_});
        world.python("world.stop_daemon()");
        world.clear_module_calls();
        world.python("world.start_daemon().pid");
        (void)caller.find_keys();
        caller.forget_signals();
    }

    void plug(const std::vector<std::string>& statements) {
        auto all = statements;
        all.push_back(watching_);
        begun_ = std::chrono::steady_clock::now();
        world.set_faults(all);
    }
    void print_time(const std::string& what) const {
        const auto time = std::chrono::steady_clock::now() - begun_;
        std::cout << (watching_.empty() ? "polled" : "waited for") << ": " << what << " after "
                  << std::chrono::duration_cast<std::chrono::milliseconds>(time).count() << " ms\n";
    }

    std::vector<std::string> paths_of(const std::string& interface) {
        std::vector<std::string> paths;
        const auto objects = caller.managed_objects();
        for (const auto& [path, interfaces] : objects.items())
            if (interfaces.contains(interface)) paths.push_back(path);
        return paths;
    }
    std::string token_path() {
        const auto paths = paths_of(token_interface);
        return paths.size() == 1 ? paths.front() : "";
    }
    Signal added(const std::string& interface) {
        return caller.signal("InterfacesAdded",
                             [&](const Signal& signal) { return signal.body.at(1).contains(interface); });
    }
    void wait_until_removed(const std::string& path) {
        caller.signal("InterfacesRemoved", [&](const Signal& signal) { return signal.body.at(0) == path; });
    }
    void wait_until_logged(bool in, const std::string& path) {
        caller.signal("PropertiesChanged", [&](const Signal& signal) {
            return signal.path == path && signal.body.at(1).value("LoggedIn", !in) == in;
        });
    }
    void wait_until_keys_changed() {
        caller.signal("KeysChanged", [](const Signal& signal) { return signal.path == service_path; });
    }
    auto module_starts() const { return std::ranges::count(world.module_calls(), "C_Initialize CKR_OK"); }
    size_t keys_found() { return caller.find_keys().body.at(0).size(); }

private:
    std::string watching_;
    std::chrono::steady_clock::time_point begun_;
};

auto both_ways() { return GENERATE(as<std::string>{}, "", "slot-events"); }

}  // namespace

TEST_CASE("row 65: a token that is pulled and put back goes and comes on both names, and works without a restart") {
    PlugSession session(both_ways());
    session.require_next_good_request();
    const auto token = session.token_path();
    const auto keys = session.paths_of(key_interface);
    REQUIRE_FALSE(token.empty());
    REQUIRE(keys.size() == 2);
    session.caller.forget_signals();

    session.plug({"remove"});
    session.wait_until_removed(token);
    for (const auto& key : keys) session.wait_until_removed(key);
    session.wait_until_keys_changed();
    session.print_time("gone");
    CHECK(session.keys_found() == 0);
    CHECK(session.caller.managed_objects().empty());
    session.caller.forget_signals();

    session.plug({});
    const auto came = session.added(token_interface);
    session.wait_until_keys_changed();
    session.print_time("there");
    CHECK(came.body.at(0) != token);
    CHECK(came.body.at(1).at(token_interface).at("Label") == "card");
    CHECK(came.body.at(1).at(token_interface).at("LoggedIn") == false);
    CHECK(session.keys_found() == 2);
    CHECK(session.paths_of(key_interface).size() == 2);
    session.require_next_good_request();
    session.require_next_good_decryption();
}

TEST_CASE("a key's object says what FindKeys says, and where its token is") {
    PlugSession session("");
    const auto found = session.caller.find_keys({{"email", std::string("p256@example.org")}}).body.at(0).at(0);

    const auto objects = session.caller.managed_objects();

    Json key;
    for (const auto& [path, interfaces] : objects.items())
        if (interfaces.contains(key_interface) && interfaces.at(key_interface).at("Id") == found.at(0))
            key = interfaces.at(key_interface);
    CHECK(key.at("Token") == session.token_path());
    CHECK(key.at("Algorithm") == "ec");
    for (const auto& [property, entry] : std::map<std::string, std::string>{{"Fingerprint", "fingerprint"},
                                                                            {"Addresses", "addresses"},
                                                                            {"Usages", "usages"},
                                                                            {"Certificate", "certificate"},
                                                                            {"Subject", "subject"},
                                                                            {"Uri", "uri"},
                                                                            {"Label", "label"},
                                                                            {"Bits", "bits"},
                                                                            {"Curve", "curve"},
                                                                            {"NotBefore", "not_before"},
                                                                            {"NotAfter", "not_after"},
                                                                            {"LoggedIn", "logged_in"}})
        CHECK(key.at(property) == found.at(1).at(entry));
}

TEST_CASE("login and logout show on the objects of the token and its keys, which stay") {
    PlugSession session("");
    const auto token = session.token_path();
    const auto keys = session.paths_of(key_interface);

    session.require_next_good_request();

    session.wait_until_logged(true, token);
    for (const auto& key : keys) session.wait_until_logged(true, key);
    session.wait_until_keys_changed();
    session.caller.forget_signals();
    REQUIRE(session.caller.control("LockToken", std::string("card")).error == "");
    session.wait_until_logged(false, token);
    for (const auto& key : keys) session.wait_until_logged(false, key);
    session.wait_until_keys_changed();
    CHECK(session.token_path() == token);
    CHECK(session.paths_of(key_interface) == keys);
}

TEST_CASE("row 64: a token that is pulled takes its PIN prompt with it, and the job ends with TokenRemoved") {
    PlugSession session(both_ways());
    session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job = session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), as_der);
    REQUIRE(job.error == "");
    session.world.wait_until_asked();

    session.plug({"remove"});
    const auto finished = session.caller.finished(job.body.at(0));

    session.print_time("prompt ended");
    CHECK(finished.error == error_name("TokenRemoved"));
    CHECK_THAT(finished.message, ContainsSubstring("'card'"));
    CHECK(content_of(output).empty());
    session.plug({});
    session.added(token_interface);
    session.require_next_good_request();
    CHECK(session.calls("C_Login") == 1);
    CHECK(session.caller.finished_count(job.body.at(0)) == 1);
}

TEST_CASE(
    "row 64: a token that is pulled during an operation ends its job with TokenRemoved, though the module hangs") {
    PlugSession session(both_ways());
    session.require_next_good_request();
    session.world.clear_module_calls();
    session.plug({"hold C_Sign"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job = session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), as_der);
    const auto deadline = soon();
    while (session.calls("C_SignInit") == 0 && milliseconds_until(deadline) > 0) (void)session.caller.status();

    session.plug({"hold C_Sign", "remove"});
    const auto finished = session.caller.finished(job.body.at(0));

    session.print_time("job ended");
    CHECK(finished.error == error_name("TokenRemoved"));
    CHECK(content_of(output).empty());
    session.plug({});
    session.require_next_good_request();
}

TEST_CASE("row 86: a token whose slot gets another number is found by its identity") {
    PlugSession session(both_ways());
    session.require_next_good_request();
    session.caller.forget_signals();

    session.plug({"slot-offset 1000"});
    session.wait_until_keys_changed();

    session.print_time("renumbered");
    session.require_next_good_request();
    session.require_next_good_decryption();
    CHECK(session.module_starts() == 1);
}

TEST_CASE("row 85: when all readers vanish and waiting fails, as with pcscd, the next request after it is back works") {
    PlugSession session("slot-events");
    session.require_next_good_request();
    const auto token = session.token_path();
    session.caller.forget_signals();
    // Without its own statement, the wait fails.
    session.world.set_faults({"unplug", "return C_GetSlotList CKR_DEVICE_ERROR"});
    session.wait_until_removed(token);
    session.caller.forget_signals();

    session.plug({});
    session.added(token_interface);

    session.print_time("there");
    session.require_next_good_request();
    CHECK(session.module_starts() == 1);
}

TEST_CASE("row 76: the objects of a module that dies go, and come back with its next process") {
    PlugSession session(both_ways());
    session.require_next_good_request();
    const auto token = session.token_path();
    session.caller.forget_signals();

    session.plug({"crash C_Sign"});
    (void)session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), with_interaction(as_der));
    session.plug({});

    session.wait_until_removed(token);
    const auto came = session.added(token_interface);
    CHECK(came.body.at(0) != token);
    CHECK(came.body.at(1).at(token_interface).at("LoggedIn") == false);
    session.require_next_good_request();
}

TEST_CASE("an empty reader shows in the status, and one that is unplugged does not") {
    PlugSession session(both_ways());
    const auto readers = [&] {
        size_t with_token = 0, all = 0;
        const auto status = session.caller.status().result(0);
        for (const auto& reader : status.at("modules").at(0).at("readers")) {
            ++all;
            with_token += reader.at("initialised").get<bool>();
        }
        return std::pair(all, with_token);
    };
    REQUIRE(readers() == std::pair<size_t, size_t>(2, 1));

    session.plug({"remove card"});
    session.wait_until_keys_changed();
    CHECK(readers() == std::pair<size_t, size_t>(2, 0));
    session.caller.forget_signals();
    session.plug({"unplug card"});
    const auto deadline = soon();
    while (readers().first != 1 && milliseconds_until(deadline) > 0) continue;
    CHECK(readers() == std::pair<size_t, size_t>(1, 0));
}
