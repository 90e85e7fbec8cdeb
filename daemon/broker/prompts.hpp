// SPDX-License-Identifier: LGPL-2.1-or-later
// Prompts: asking a person for a token's PIN, one prompt at a time, shared by the jobs that wait for that token.
//
// What crosses here, and who is believed: pinentry speaks with the token worker alone, over a socket of which we pass
// on both ends and read neither.
#pragma once

#include <list>

#include "broker/job_request.hpp"
#include "broker/logins.hpp"

namespace cardseal::broker {

struct PromptRequest {
    TokenId token;
    std::string description;                    ///< which program wants what with which key
    std::vector<std::string> pinentry_options;  ///< "name=value"
    std::string display;                        ///< the caller's; empty: ours
};

/// A person's attention for one operation: pinentry runs, and who has its socket may ask.
struct Turn {
    ipc::Prompt prompt;
    FileDescriptor pinentry;  ///< the token worker's end
};

class Prompts;

/// A place in the line; who drops it does not wait any more. The prompt, or turn, ends with its last ticket.
class PromptTicket {
public:
    PromptTicket() = default;
    PromptTicket(PromptTicket&& other) noexcept
        : prompts_(std::exchange(other.prompts_, nullptr)), number_(other.number_) {}
    PromptTicket& operator=(PromptTicket&& other) noexcept;
    PromptTicket(const PromptTicket&) = delete;
    PromptTicket& operator=(const PromptTicket&) = delete;
    ~PromptTicket();

private:
    friend class Prompts;
    PromptTicket(Prompts& prompts, uint64_t number) : prompts_(&prompts), number_(number) {}

    Prompts* prompts_ = nullptr;
    uint64_t number_ = 0;
};

class Prompts {
public:
    Prompts(EventLoop& loop, TokenModules& modules, Logins& logins, std::string pinentry)
        : loop_(loop), modules_(modules), logins_(logins), pinentry_(std::move(pinentry)) {}
    Prompts(const Prompts&) = delete;
    Prompts& operator=(const Prompts&) = delete;

    using Told = std::function<void(const std::optional<Error>& failure)>;
    /// Logs in to the token; `told` later, never from within this call. Errors: PinCancelled, PinTimeout, PinIncorrect,
    /// PinLocked, PinentryFailed, and those of the token.
    [[nodiscard]] PromptTicket log_in(const PromptRequest& request, Told told);

    using Begin = std::function<void(Outcome<Turn> turn)>;
    /// Waits for a turn that is shared with nobody and lasts as long as the ticket. `begin` later, never from within
    /// this call; PinentryFailed if pinentry cannot be started.
    [[nodiscard]] PromptTicket take_turn(const PromptRequest& request, Begin begin);

    /// Asks a person to agree, in a turn; the ticket is to go when it is told. PinCancelled: not agreed.
    [[nodiscard]] PromptTicket confirm(const PromptRequest& request, Told told);
    /// Has a person choose a new PIN, in a turn; the ticket is to go when it is told.
    [[nodiscard]] PromptTicket renew_pin(const PromptRequest& request, PinRenewal renewal, Told told);
    /// Shows a notice as long as the ticket is there and nobody has to be asked. It is a kindness: where it cannot be
    /// shown it is not.
    [[nodiscard]] PromptTicket show_notice(const PromptRequest& request);

private:
    friend class PromptTicket;
    struct Entry {
        PromptRequest request;
        std::map<uint64_t, Told> waiters;
        Begin begin;  ///< of a turn
    };
    /// A pinentry that is to end; killed if it does not.
    struct Leaving {
        sandbox::Process process;
        Watch ended, overdue;
    };

    PromptTicket ticket(uint64_t number);
    PromptTicket ask_in_turn(ipc::MessageType question, const PromptRequest& request, Told told);
    void leave(uint64_t number);
    void serve_soon();
    void serve_next();
    FileDescriptor start_pinentry(const PromptRequest& request);
    FileDescriptor start_notice(const PromptRequest& request);
    Outcome<Turn> start_turn(const PromptRequest& request);
    void ask(const Entry& entry);
    void ended(const Outcome<ipc::LoginEnded>& outcome);
    void look_again_and_tell(const TokenId& token, const std::optional<Error>& failure);
    void tell(const std::optional<Error>& failure);
    void end_turn();
    void dismiss_pinentry();

    EventLoop& loop_;
    TokenModules& modules_;
    Logins& logins_;
    std::string pinentry_;
    std::list<Entry> line_;  ///< the first is being served if `asking_`
    bool asking_ = false;
    uint64_t next_number_ = 1;
    std::optional<uint64_t> notice_;  ///< the ticket of what is shown
    std::optional<sandbox::Process> process_;
    std::list<Leaving> leaving_;
    Watch next_;
};

}  // namespace cardseal::broker
