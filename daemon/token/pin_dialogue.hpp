// SPDX-License-Identifier: LGPL-2.1-or-later
// PinDialogue: getting a token's PIN from a person, prompt by prompt.
#pragma once

#include "token/pinentry.hpp"
#include "token/token.hpp"

namespace cardseal::token {

/// Whose PIN is asked for: the tries that are left are told of that one.
enum class PinOwner { User, SecurityOfficer };

/// Of a new PIN, in bytes.
struct PinLengths {
    size_t least;
    size_t most;
};

/// Asks at most three times, with the tries that are left as the token tells them. On the last try it asks for a
/// confirmation first; a locked PIN is not asked for at all. Each PIN is good for one C_Login.
class PinDialogue {
public:
    /// All prompts together end before `deadline`, each one after the prompt's own time. Borrows both.
    PinDialogue(Token& token, const ipc::Prompt& prompt, FileDescriptor socket, Deadline deadline,
                PinOwner owner = PinOwner::User)
        : token_(token), prompt_(prompt), pinentry_(std::move(socket)), deadline_(deadline), owner_(owner) {}

    /// A PIN that was typed just now and is not empty, or how the dialogue ended without one.
    std::variant<Secret, ipc::LoginEnded> ask();
    /// After `ask`: a new PIN, typed twice the same and of a length that the token takes.
    std::variant<Secret, ipc::LoginEnded> ask_for_new(const PinLengths& lengths);
    /// The token said that the last one was wrong: the next prompt says so.
    void was_wrong() { error_ = "wrong PIN"; }

private:
    Deadline prompt_deadline() const;
    ipc::PinState state() const;
    std::optional<ipc::LoginEnded> begin();
    std::optional<ipc::LoginEnded> confirm_last_try();

    Token& token_;
    const ipc::Prompt& prompt_;
    Pinentry pinentry_;
    Deadline deadline_;
    PinOwner owner_;
    int prompts_ = 0;
    std::string error_;
};

ipc::LoginEnded login_ended(NoAnswer reason);
ipc::LoginEnded login_ended_locked();
bool is_wrong_pin(CK_RV result);
/// While the PIN is to be entered at the reader.
Pinentry::Texts pin_pad_notice(const ipc::Prompt& prompt);
/// "wrong PIN, one try left"
std::string with_tries_left(std::string text, ipc::PinState state);

}  // namespace cardseal::token
