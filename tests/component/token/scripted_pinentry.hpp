// SPDX-License-Identifier: LGPL-2.1-or-later
// A pinentry that speaks the real protocol from a script, on the other end of the token worker's socket.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"

namespace cardseal::token {

/// What it does at the next GETPIN or CONFIRM.
struct Reaction {
    enum class Kind { Pin, Confirm, Cancel, TimeOut, NotConfirmed, Silence, HangUp } kind;
    std::string pin = {};
    std::function<void()> first = [] {};  ///< what happens before
};

inline Reaction types(std::string pin) { return {Reaction::Kind::Pin, std::move(pin)}; }

inline Reaction types_after(std::function<void()> first, std::string pin) {
    return {Reaction::Kind::Pin, std::move(pin), std::move(first)};
}

class ScriptedPinentry {
public:
    explicit ScriptedPinentry(std::vector<Reaction> script);

    /// The worker's end; sent once.
    const FileDescriptor& worker_end() const { return worker_end_; }
    /// Call when the worker has its own copy, so that each end sees the other go.
    void close_worker_end() { worker_end_.close(); }

    /// As if the person closed the program.
    void hang_up();

    /// The commands that came, once the worker has ended the conversation.
    const std::vector<std::string>& conversation();
    /// Those that begin with this word.
    std::vector<std::string> commands(const std::string& word);

private:
    void converse();
    void say(const std::string& line);
    bool react();

    std::vector<Reaction> script_;
    FileDescriptor socket_;
    FileDescriptor worker_end_;
    std::vector<std::string> conversation_;
    std::jthread thread_;
};

}  // namespace cardseal::token
