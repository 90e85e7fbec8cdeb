// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the configuration file: what it says, and that it fails closed.
#include "broker/configuration.hpp"
#include "broker/duration.hpp"

#include "catch.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

std::string refusal_message(const std::string& content) {
    const TemporaryFolder folder;
    const auto file = folder.write("cardseal.toml", content);
    const auto refusal = refusal_of([&] { return read_configuration(file); });
    CHECK(refusal.code() == ErrorCode::InvalidArgs);
    return refusal.message();
}

}  // namespace

TEST_CASE("configuration: every documented key is read") {
    const TemporaryFolder folder;
    const auto file = folder.write("cardseal.toml", R"(
[[module]]
path = "/usr/lib/softhsm/libsofthsm2.so"
environment = { SOFTHSM2_CONF = "/home/a/softhsm2.conf" }
init_args = "configdir='sql:/home/a/nss'"
[[module]]
path = "/usr/lib/opensc-pkcs11.so"
[pin]
pinentry = "/usr/bin/pinentry-gtk"
[trust]
anchors = ["/etc/ssl/certs/ca-certificates.crt", "/etc/cardseal/anchors"]
crls = ["/var/crl"]
[certificates]
folders = ["/srv/certificates", "/opt/certificates"]
remember = false
[logout]
idle = "90s"
age = "never"
screen_lock = false
suspend = false
[[key]]
key = "anna@example.org"
policy = "timed"
time = "2min"
[[key]]
key = "pkcs11:token=card"
policy = "confirm"
)");

    const auto configuration = read_configuration(file);

    CHECK(configuration.file == file);
    REQUIRE(configuration.modules.size() == 2);
    CHECK(configuration.modules[0].path == "/usr/lib/softhsm/libsofthsm2.so");
    CHECK(configuration.modules[0].environment == std::vector<std::string>{"SOFTHSM2_CONF=/home/a/softhsm2.conf"});
    CHECK(configuration.modules[0].init_args == "configdir='sql:/home/a/nss'");
    CHECK(configuration.modules[1].environment.empty());
    CHECK(configuration.modules[1].init_args.empty());
    CHECK(configuration.pinentry == "/usr/bin/pinentry-gtk");
    CHECK(configuration.anchors.size() == 2);
    CHECK(configuration.crls.size() == 1);
    CHECK(configuration.certificate_folders.size() == 2);
    CHECK(configuration.remembering == Remembering::Nobody);
    CHECK(configuration.logout.idle == std::chrono::seconds(90));
    CHECK(!configuration.logout.age);
    CHECK(!configuration.logout.on_screen_lock);
    CHECK(!configuration.logout.on_suspend);
    REQUIRE(configuration.keys.size() == 2);
    CHECK(configuration.keys[0].key == "anna@example.org");
    CHECK(configuration.keys[0].consent == Consent::Timed);
    CHECK(configuration.keys[0].time == std::chrono::minutes(2));
    CHECK(configuration.keys[1].consent == Consent::Confirm);
}

TEST_CASE("configuration: an empty file means the built-in settings") {
    const TemporaryFolder folder;

    const auto configuration = read_configuration(folder.write("cardseal.toml", ""));

    CHECK(configuration.modules.empty());
    CHECK(configuration.pinentry == "/usr/bin/pinentry");
    CHECK(configuration.certificate_folders == std::vector<std::filesystem::path>{"/etc/cardseal/certificates"});
    CHECK(configuration.remembering == Remembering::Signers);
}

TEST_CASE("configuration, row 103: a syntax error is refused with file and line") {
    CHECK_THAT(refusal_message("[pin]\npinentry = \n"), ContainsSubstring("cardseal.toml:2"));
}

TEST_CASE("configuration, row 103: an unknown key is refused with file and line") {
    const auto message = refusal_message("[pin]\npinentry = \"/usr/bin/pinentry\"\ntimeout = 5\n");
    CHECK_THAT(message, ContainsSubstring("cardseal.toml:3"));
    CHECK_THAT(message, ContainsSubstring("'timeout'"));
    CHECK_THAT(refusal_message("[pins]\n"), ContainsSubstring("'pins'"));
}

TEST_CASE("configuration, row 103: a value of the wrong type is refused with file and line") {
    CHECK_THAT(refusal_message("\n[pin]\npinentry = 5\n"), ContainsSubstring("cardseal.toml:3"));
    CHECK_THAT(refusal_message("[trust]\nanchors = \"/a\"\n"), ContainsSubstring("must be an array"));
    CHECK_THAT(refusal_message("[trust]\nanchors = [\"/a\",\n7]\n"), ContainsSubstring("cardseal.toml:3"));
    CHECK_THAT(refusal_message("module = 1\n"), ContainsSubstring("must be an array"));
    CHECK_THAT(refusal_message("[certificates]\nremember = \"no\"\n"), ContainsSubstring("must be true or false"));
    CHECK_THAT(refusal_message("[[module]]\npath = \"/m.so\"\nenvironment = { A = 1 }\n"), ContainsSubstring("'A'"));
    CHECK_THAT(refusal_message("[[module]]\npath = \"/m.so\"\ninit_args = 1\n"), ContainsSubstring("must be a string"));
}

TEST_CASE("configuration: a key's policy names a key and one of the policies") {
    CHECK_THAT(refusal_message("[[key]]\npolicy = \"timed\"\n"), ContainsSubstring("needs 'key'"));
    for (const auto* name : {"anna", "abc", "pkcs11:token", "pkcs11:token=%zz"})
        CHECK_THAT(refusal_message("[[key]]\nkey = \"" + std::string(name) + "\"\n"),
                   ContainsSubstring("cardseal.toml:2"));
    CHECK_THAT(refusal_message("[[key]]\nkey = \"a@b\"\npolicy = \"ask\"\n"), ContainsSubstring("\"timed\""));
}

TEST_CASE("configuration: a duration is a number and a unit, from a second to thirty days") {
    for (const auto* text : {"", "15", "min", "0s", "-1s", "1.5h", "15 min", "1d", "721h", "99999999999999999999s"})
        CHECK_THAT(refusal_message("[logout]\nidle = \"" + std::string(text) + "\"\n"),
                   ContainsSubstring("'idle' must be a duration"));
    CHECK_THAT(refusal_message("[logout]\nage = 15\n"), ContainsSubstring("'age' must be a duration"));
    CHECK(parse_duration("720h") == std::chrono::hours(720));
}

TEST_CASE("configuration: a module without a path, or with one that is not absolute, is refused") {
    CHECK_THAT(refusal_message("[[module]]\n"), ContainsSubstring("a module needs 'path'"));
    CHECK_THAT(refusal_message("[[module]]\npath = \"m.so\"\n"), ContainsSubstring("absolute"));
}

TEST_CASE("configuration, row 103: a file that cannot be read is refused, not passed over") {
    const auto refusal = refusal_of([] { return read_configuration("/nonexistent/cardseal.toml"); });

    CHECK(refusal.code() == ErrorCode::InvalidArgs);
    CHECK_THAT(refusal.message(), ContainsSubstring("/nonexistent/cardseal.toml"));
}

TEST_CASE("configuration: XDG_CONFIG_HOME comes before HOME, and /etc comes last") {
    using Paths = std::vector<std::filesystem::path>;
    const std::filesystem::path system = "/etc/cardseal/cardseal.toml";

    CHECK(configuration_places("/home/a", "/x") == Paths{"/x/cardseal/cardseal.toml", system});
    CHECK(configuration_places("/home/a", "") == Paths{"/home/a/.config/cardseal/cardseal.toml", system});
    CHECK(configuration_places("", "relative") == Paths{system});
}
