// SPDX-License-Identifier: LGPL-2.1-or-later
// A pinentry that speaks the real protocol from a script.
#include "scripted_pinentry.hpp"

#include <sys/socket.h>

namespace cardseal::token {

ScriptedPinentry::ScriptedPinentry(std::vector<Reaction> script) : script_(std::move(script)) {
    auto sockets = make_stream_sockets();
    socket_ = std::move(sockets.ours);
    worker_end_ = std::move(sockets.theirs);
    thread_ = std::jthread([this] { converse(); });
}

void ScriptedPinentry::hang_up() { shutdown(socket_.get(), SHUT_RDWR); }

const std::vector<std::string>& ScriptedPinentry::conversation() {
    if (thread_.joinable()) thread_.join();
    return conversation_;
}

std::vector<std::string> ScriptedPinentry::commands(const std::string& word) {
    std::vector<std::string> found;
    for (const auto& line : conversation())
        if (line.starts_with(word)) found.push_back(line);
    return found;
}

void ScriptedPinentry::say(const std::string& line) {
    const auto text = line + "\n";
    (void)!send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

/// false: hang up.
bool ScriptedPinentry::react() {
    const auto reaction = script_.empty() ? Reaction{Reaction::Kind::HangUp} : script_.front();
    if (!script_.empty()) script_.erase(script_.begin());
    reaction.first();
    switch (reaction.kind) {
        case Reaction::Kind::Pin:
            if (!reaction.pin.empty()) say("D " + reaction.pin);
            say("OK");
            return true;
        case Reaction::Kind::Confirm:
            say("OK");
            return true;
        case Reaction::Kind::Cancel:
            say("ERR 83886179 Operation cancelled <Pinentry>");
            return true;
        case Reaction::Kind::TimeOut:
            say("ERR 83886142 Timeout <Pinentry>");
            return true;
        case Reaction::Kind::NotConfirmed:
            say("ERR 83886194 Not confirmed <Pinentry>");
            return true;
        case Reaction::Kind::Silence:
            return true;
        case Reaction::Kind::HangUp:
            return false;
    }
    return false;
}

void ScriptedPinentry::converse() {
    say("OK Pleased to meet you");
    std::string pending;
    char buffer[4096];
    for (;;) {
        const auto count = recv(socket_.get(), buffer, sizeof buffer, 0);
        if (count <= 0) return;
        pending.append(buffer, static_cast<size_t>(count));
        for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
            const auto line = conversation_.emplace_back(pending.substr(0, end));
            const bool asks = line == "GETPIN" || line == "CONFIRM";
            if (line == "BYE" || (asks && !react())) {
                shutdown(socket_.get(), SHUT_RDWR);
                return;
            }
            if (line.starts_with("OPTION unknown"))
                say("ERR 83886254 Unknown option <Pinentry>");
            else if (!asks)
                say("OK");
        }
    }
}

}  // namespace cardseal::token
