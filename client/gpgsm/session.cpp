// SPDX-License-Identifier: LGPL-2.1-or-later
// One conversation: its commands, its options and descriptors, and what goes to the real gpgsm.
#include "gpgsm/session.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "command/text.hpp"
#include "gpgsm/errors.hpp"
#include "gpgsm/keybox.hpp"

namespace cardseal::gpgsm {

namespace {

/// Those that gpgsm knows and that wait until it is needed; it judges any other at once.
constexpr auto deferred_options = std::to_array<std::string_view>(
    {"display", "ttyname", "ttytype", "lc-ctype", "lc-messages", "xauthority", "pinentry-user-data", "include-certs",
     "list-mode", "with-validation", "with-secret", "with-ephemeral-keys", "enable-audit-log", "offline",
     "input-size-hint", "no-encrypt-to", "validation-model"});

/// What a command that only gpgsm could answer is told where there is none.
gpg_err_code_t refusal_without_gpgsm(std::string_view command) {
    constexpr auto refusals = std::to_array<std::pair<std::string_view, gpg_err_code_t>>({
        {"SIGN", GPG_ERR_NO_SECKEY},
        {"ENCRYPT", GPG_ERR_NO_PUBKEY},
        {"DELKEYS", GPG_ERR_NO_PUBKEY},
        {"IMPORT", GPG_ERR_NOT_SUPPORTED},
        {"GENKEY", GPG_ERR_NOT_SUPPORTED},
        {"PASSWD", GPG_ERR_NOT_SUPPORTED},
    });
    const auto* found = std::ranges::find(refusals, command, [](const auto& pair) { return pair.first; });
    return found == refusals.end() ? GPG_ERR_ASS_UNKNOWN_CMD : found->second;
}

Descriptor hangup_of(int connection) {
    Descriptor events(epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = 0;                                            // errors and hang-ups come always
    epoll_ctl(events.get(), EPOLL_CTL_ADD, connection, &event);  // what cannot hang up cannot be watched either
    return events;
}

/// Who made the connection: GPGME starts this program through a process that has ended by now. Behind pipes, the
/// parent.
pid_t process_at_other_end(int connection) {
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool is_socket = getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    return is_socket ? peer.pid : getppid();
}

/// "name=value", "name value" or "name", perhaps with "--" in front.
std::pair<std::string, std::string> parse_option(std::string_view text) {
    if (text.starts_with("--")) text.remove_prefix(2);
    const auto end = std::min(text.find_first_of("= \t"), text.size());
    auto value = text.substr(end);
    value.remove_prefix(std::min(value.find_first_not_of("= \t"), value.size()));
    return {std::string(text.substr(0, end)), std::string(value)};
}

}  // namespace

const Session::Handler Session::handlers[] = {
    {"OPTION", &Session::do_option},       {"RESET", &Session::do_reset},
    {"GETINFO", &Session::do_getinfo},     {"INPUT", &Session::do_descriptor},
    {"OUTPUT", &Session::do_descriptor},   {"MESSAGE", &Session::do_descriptor},
    {"LISTKEYS", &Session::do_list},       {"LISTSECRETKEYS", &Session::do_list},
    {"SIGNER", &Session::do_signer},       {"DUMPKEYS", &Session::do_list},
    {"DUMPSECRETKEYS", &Session::do_list}, {"EXPORT", &Session::do_export},
    {"DELKEYS", &Session::do_delete},      {"GETAUDITLOG", &Session::do_audit_log},
    {"RECIPIENT", &Session::do_recipient}, {"SIGN", &Session::do_sign},
    {"ENCRYPT", &Session::do_encrypt},     {"DECRYPT", &Session::do_decrypt},
    {"VERIFY", &Session::do_verify},       {"BYE", &Session::do_bye},
};

Session::Session(Channel& caller, Surroundings surroundings)
    : caller_(caller),
      surroundings_(std::move(surroundings)),
      hangup_(hangup_of(caller.out())),
      asking_(process_at_other_end(caller.out())) {}

void Session::serve() {
    caller_.write_line("OK Cardseal's S/M server ready");
    while (!ended_) {
        const auto line = caller_.read_line();
        if (!line) return;
        if (line->defect == Defect::None && is_silent(line->text)) continue;
        caller_.write_line(answer(*line));
    }
}

Session::Reply Session::answer(const Line& line) {
    if (line.defect == Defect::TooLong) return error_line(GPG_ERR_ASS_LINE_TOO_LONG);
    if (line.defect == Defect::HasNul) return error_line(GPG_ERR_ASS_INV_VALUE);
    try {  // this is the edge where a command's errors become its answer
        return dispatch(parse_command(line.text));
    } catch (const client::Error& error) {
        log(error);
        forget_data();
        return error_line(error_of(error));
    }
}

Session::Reply Session::dispatch(const Command& command) {
    if (command.name != "RECIPIENT") known_.reset();
    const auto* handler = std::ranges::find(handlers, command.name, &Handler::name);
    return handler == std::end(handlers) ? pass_on_with_data(command) : (this->*handler->answer)(command);
}

Session::Reply Session::do_option(const Command& command) {
    const auto option = parse_option(command.arguments);
    const bool deferred = std::ranges::find(deferred_options, option.first) != deferred_options.end();
    if (!deferred && !real()) return error_line(GPG_ERR_UNKNOWN_OPTION);
    auto reply = deferred && !real_ ? Reply("OK") : pass_on(command);
    if (!reply.starts_with("OK")) return reply;
    std::erase_if(options_, [&](const auto& earlier) { return earlier.first == option.first; });
    options_.push_back(option);
    return reply;
}

Session::Reply Session::do_reset(const Command& command) {
    forget_data();
    signers_.clear();
    recipients_.clear();
    signers_of_gpgsm_.clear();
    recipients_of_gpgsm_.clear();
    return real_ ? pass_on(command) : "OK";
}

Session::Reply Session::do_getinfo(const Command& command) {
    if (command.arguments == "pid") {
        caller_.write(data_lines(std::to_string(getpid())));
        return "OK";
    }
    // gpgsm starts its agent itself where it needs it.
    if (command.arguments == "agent-check" && !real_) return "OK";
    return pass_on(command);
}

Session::Reply Session::do_descriptor(const Command& command) {
    const auto words = parse_descriptor(command.arguments);
    if (!words) return error_line(GPG_ERR_ASS_SYNTAX);
    auto descriptor = words->number ? surroundings_.inherited.take(*words->number) : caller_.take_descriptor();
    if (!descriptor) return error_line(words->number ? GPG_ERR_ASS_PARAMETER : GPG_ERR_ASS_GENERAL);
    auto& end = command.name == "INPUT" ? input_ : command.name == "OUTPUT" ? output_ : message_;
    end = DataEnd{std::move(descriptor), words->encoding, command.name + " FD" + words->options};
    return "OK";
}

Session::Reply Session::do_bye(const Command&) {
    ended_ = true;
    return "OK closing connection";
}

RealGpgsm* Session::real() {
    if (!real_ && surroundings_.gpgsm) {
        std::vector<std::string> options;
        for (const auto& [name, value] : options_) options.push_back(name + "=" + value);
        real_.emplace(*surroundings_.gpgsm, surroundings_.arguments, options);
    }
    return real_ ? &*real_ : nullptr;
}

Session::Reply Session::pass_on(const Command& command) {
    if (!real()) return error_line(refusal_without_gpgsm(command.name));
    const auto last =
        real_->pass_on(command.arguments.empty() ? command.name : command.name + " " + command.arguments, caller_);
    if (last) return *last;
    real_.reset();  // the next command that needs it starts another
    return error_line(GPG_ERR_ASS_CONNECT_FAILED);
}

/// For what may read or write: what the caller passed for this goes there first.
Session::Reply Session::pass_on_with_data(const Command& command) {
    if (real())
        for (auto* end : {&input_, &output_, &message_})
            if (*end) real_->send_descriptor(end->command, end->descriptor.get(), caller_);
    forget_data();
    answered_by_gpgsm_ = true;
    return pass_on(command);
}

std::string Session::ask_real(const std::string& command) {
    return real() ? real_->ask(command, caller_).value_or("") : "";
}

bool Session::real_is_empty() const {
    const auto mode = option("list-mode");
    const bool is_local = mode.empty() || mode == "0" || mode == "1";
    return !real_ && is_local && gpgsm_has_no_certificates(surroundings_.arguments);
}

std::string Session::listed_by_real(const std::string& command) { return real_is_empty() ? "" : ask_real(command); }

std::vector<uint8_t> Session::certificate_of_gpgsm(const std::string& pattern) {
    const auto exported = ask_real("EXPORT --data -- " + pattern);
    return {exported.begin(), exported.end()};
}

client::Client& Session::daemon() {
    if (!daemon_) daemon_.emplace();
    return *daemon_;
}

std::vector<Entry> Session::entries_of(std::vector<Entry> (*find)(client::Client&)) {
    try {  // without the daemon gpgsm's own keys stay usable
        return find(daemon());
    } catch (const client::Error& error) {
        log(error);
        return {};
    }
}

client::Prompt Session::prompt() const {
    auto prompt = asking_.prompt();
    for (const auto& [name, value] : options_) {
        if (name == "display") prompt.display = value;
        if (name == "ttyname") prompt.ttyname = value;
        if (name == "ttytype") prompt.ttytype = value;
        if (name == "lc-ctype") prompt.lc_ctype = value;
    }
    return prompt;
}

std::string Session::option(const std::string& name) const {
    const auto given = std::ranges::find(options_, name, &std::pair<std::string, std::string>::first);
    return given == options_.end() ? std::string() : given->second;
}

void Session::forget_data() {
    for (auto* end : {&input_, &output_, &message_}) *end = DataEnd{};
    answered_by_gpgsm_ = false;
}

void Session::log(const client::Error& error) const {
    const auto text = "cardseal-gpgsm: " + client::printable(error.what()) + "\n";
    // A log that nobody reads is no reason to fail.
    if (surroundings_.log >= 0 && write(surroundings_.log, text.data(), text.size()) < 0) return;
}

}  // namespace cardseal::gpgsm
