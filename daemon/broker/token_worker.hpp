// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenWorker: the process that holds one PKCS#11 module, as the functions that it offers.
//
// What crosses here, and who is believed: see ipc/token_messages.hpp. A worker that is late, dies or answers anything
// malformed is killed, and each request that waits for it ends with one error.
#pragma once

#include <deque>
#include <map>

#include "broker/event_loop.hpp"
#include "broker/outcome.hpp"
#include "ipc/channel.hpp"
#include "ipc/token_care_messages.hpp"
#include "sandbox/process.hpp"

namespace cardseal::broker {

struct Listing {
    std::vector<ipc::SlotFound> slots;
    std::vector<ipc::TokenFound> tokens;
    std::vector<ipc::KeyFound> keys;
};

/// How long each kind of call may take: a touch key or a pin pad waits for a person.
struct TokenDeadlines {
    Milliseconds list{20'000};
    Milliseconds operation{60'000};
    Milliseconds login_prompt{60'000};
    Milliseconds after_prompt{10'000};
    Milliseconds new_pin{180'000};         ///< all prompts for it
    Milliseconds key_generation{600'000};  ///< a card may look for large primes for minutes
};

class TokenWorker {
public:
    struct Start {
        std::string program;
        std::string module;
        std::vector<std::string> environment;
        std::string init_args = {};
    };
    struct Events {
        /// Told once why it is of no more use; the requests that waited are told after.
        std::function<void(Error)> died;
        /// What its tokens are has changed since they were listed, or may have.
        Action tokens_changed;
    };
    TokenWorker(EventLoop& loop, const Start& start, const TokenDeadlines& deadlines, Events events);
    TokenWorker(const TokenWorker&) = delete;
    TokenWorker& operator=(const TokenWorker&) = delete;

    /// Ends the process, as if it had failed.
    void abandon(const Error& why) { fail(why); }

    /// It has ended, not failed: it asks to be replaced.
    bool has_stepped_down() const { return stepped_down_; }

    void list(Told<Listing> told);
    /// `pinentry`, here and below, is the worker's end of its socket; empty if nobody is to be asked.
    void login(ipc::Login login, FileDescriptor pinentry, Told<ipc::LoginEnded> told);
    void logout(const TokenId& token, Told<std::monostate> told);
    void show_notice(ipc::Notice notice, FileDescriptor pinentry);
    /// `type`: Confirm, ChangePin or UnblockPin.
    void ask_person(ipc::MessageType type, ipc::Notice question, FileDescriptor pinentry, Told<ipc::LoginEnded> told);

    /// The answers are passed on as they came: a Signature, a SymmetricKey, a CertificateRequest. Their form has been
    /// checked.
    void sign_attributes(JobId job, ipc::TokenSignAttributes operation, FileDescriptor pinentry,
                         Told<ipc::Packet> told);
    void unwrap_content_key(JobId job, ipc::TokenUnwrapContentKey operation, FileDescriptor pinentry,
                            Told<ipc::Packet> told);
    void agree_key(JobId job, ipc::TokenAgreeKey operation, FileDescriptor pinentry, Told<ipc::Packet> told);

    void sign_certificate_request(JobId job, ipc::TokenSignCertificateRequest operation, FileDescriptor pinentry,
                                  Told<ipc::Packet> told);

    void read_certificate_file(ipc::ReadCertificateFile request, Told<ipc::CertificateFileRead> told);
    void store_certificate(ipc::StoreCertificate request, Told<ipc::CertificateStored> told);
    /// The new key, without a certificate.
    void generate_key(ipc::GenerateKey request, Told<ipc::KeyFound> told);

private:
    TokenWorker(EventLoop& loop, const Start& start, const TokenDeadlines& deadlines, Events events,
                SocketPair sockets);

    using Clock = std::chrono::steady_clock;
    enum class Progress { More, Complete };
    /// Takes each packet of the answer, or the failure that ends it.
    using Handler = std::function<Progress(Outcome<ipc::Packet>)>;
    struct Request {
        ipc::MessageType type = ipc::MessageType::Done;
        TokenId token = {};  ///< empty: for all
        JobId job;
        Bytes payload;
        FileDescriptor descriptor;
        Milliseconds deadline{};
        Handler handler;
    };
    struct Pending {
        Clock::time_point due;
        TokenId token;
        Handler handler;
    };

    void ask(Request request);
    void send_waiting();
    bool may_go(const Request& request) const;
    void send(Request request);
    /// Of a request with one answer of this type.
    template <class Answer>
    static Handler single_answer(ipc::MessageType type, Told<Answer> told);
    /// One that is of no job and needs no descriptor.
    template <class Message, class Answer>
    void ask_once(ipc::MessageType type, const TokenId& token, Message message, Milliseconds deadline,
                  ipc::MessageType answer, Told<Answer> told);
    template <class Operation>
    void relay(ipc::MessageType type, ipc::MessageType answer, JobId job, Operation operation, FileDescriptor pinentry,
               Told<ipc::Packet> told);
    uint32_t prompt_time() const;
    void receive();
    void handle(ipc::Packet packet);
    void take_last_words(const ipc::Packet& packet);
    void peer_gone();
    void ended();
    void check_deadlines();
    void arm_deadline(Clock::time_point due);
    void fail(const Error& why);

    EventLoop& loop_;
    TokenDeadlines deadlines_;
    std::string module_;
    Events events_;
    ipc::Channel channel_;
    sandbox::Process process_;
    std::map<uint32_t, Pending> pending_;
    std::deque<Request> waiting_;
    uint32_t next_request_ = 1;
    std::optional<Clock::time_point> armed_for_;
    Watch readable_, exited_, deadline_;
    bool failed_ = false;
    bool stepped_down_ = false;
};

}  // namespace cardseal::broker
