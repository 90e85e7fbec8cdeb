// SPDX-License-Identifier: LGPL-2.1-or-later
// What happened to a token or a key, for people and for programs, one line each.
#include <nlohmann/json.hpp>

#include "command/report.hpp"
#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

std::string word(EventKind kind) {
    constexpr const char* words[] = {"present", "appeared", "gone", "logged in", "logged out", "PIN", "used"};
    return words[static_cast<size_t>(kind)];
}

std::string subject_of(const Event& event) { return event.subject == EventSubject::Token ? "token" : "key"; }

std::string what_happened(const Event& event) {
    if (event.kind == EventKind::PinState) return "PIN state " + event.pin_state;
    if (event.kind != EventKind::Used) return word(event.kind);
    return event.operation + " for " + event.program + ": " + event.result;
}

}  // namespace

std::string describe(const Event& event, uint64_t time) {
    return format_time(time) + " " + subject_of(event) + " " + printable(event.name) + ": " +
           printable(what_happened(event)) + "\n";
}

std::string to_json(const Event& event, uint64_t time) {
    nlohmann::ordered_json json{
        {"time", format_time(time)}, {"subject", subject_of(event)}, {"event", word(event.kind)}, {"name", event.name}};
    if (event.kind == EventKind::PinState) json["pin_state"] = event.pin_state;
    if (event.kind == EventKind::Used) {
        json["operation"] = event.operation;
        json["program"] = event.program;
        json["result"] = event.result;
    }
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace cardseal::client
