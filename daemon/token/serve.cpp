// SPDX-License-Identifier: LGPL-2.1-or-later
// The token worker's request loop: a table of requests, each with its lane and its handler.
#include "token/serve.hpp"

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <set>

#include "base/log.hpp"
#include "token/certificate_file.hpp"
#include "token/job_counts.hpp"
#include "token/lane.hpp"
#include "token/login.hpp"
#include "token/module_locks.hpp"
#include "token/operations.hpp"
#include "token/pin_change.hpp"
#include "token/token_care.hpp"

namespace cardseal::token {

namespace {

ipc::Failure failure_of(const Error& error) { return {error.code(), limited_text(error.message(), 4096)}; }

/// An answer that names its request.
class Answers {
public:
    Answers(const ipc::Channel& channel, const ipc::Header& request) : channel_(channel), request_(request) {}

    const ipc::Header& request() const { return request_; }

    template <class Message>
    void send(ipc::MessageType type, Message message) const {
        send_encoded(type, ipc::encode(std::move(message)));
    }

    void send_key(const Secret& key) const {
        ipc::SymmetricKey message{to_bytes(key.reveal())};
        ipc::Encoder encoder;
        message.fields(encoder);
        wipe(message.bytes);
        send_encoded(ipc::MessageType::SymmetricKey, encoder.finish());
    }

private:
    void send_encoded(ipc::MessageType type, Bytes payload) const {
        ipc::Header header;
        header.type = type;
        header.request = request_.request;
        header.job = request_.job;
        // A broker that is gone needs no answer; the loop ends with the next receive.
        (void)channel_.send(header, payload, {}, ipc::Waiting::Block);
        wipe(payload);
    }

    const ipc::Channel& channel_;
    ipc::Header request_;
};

/// The one notice that stands: its socket must stay open for pinentry to stay.
class NoticeShown {
public:
    void show(const ipc::Prompt& prompt, FileDescriptor socket) {
        std::lock_guard lock(mutex_);
        pinentry_.emplace(std::move(socket));
        pinentry_->show_notice(prompt.options, {prompt.title, prompt.description, {}});
    }

private:
    std::mutex mutex_;
    std::optional<Pinentry> pinentry_;
};

/// What the handlers share.
struct Worker {
    Tokens& tokens;
    JobCounts counts{};
    SyntheticKeys synthetic{};
    NoticeShown notice{};
    std::atomic<int> under_way = 0;         ///< requests that somebody answers now
    std::atomic<bool> left_locked = false;  ///< by the module, at any of them
    Lanes lanes{};                          ///< last: their tasks use all the others
};

FileDescriptor pinentry_of(std::vector<FileDescriptor> files) {
    return files.empty() ? FileDescriptor() : std::move(files.front());
}

/// Errors that come before the key has done anything; they say nothing of what was asked.
bool may_ask_again(ErrorCode code) {
    return code == ErrorCode::InteractionRequired || code == ErrorCode::TokenAbsent ||
           code == ErrorCode::TokenRemoved || code == ErrorCode::TokenBusy;
}

/// Counts the operation for its job, finds the key, runs it.
template <class Request, class Run>
auto with_key(Worker& worker, JobId job, Use use, const Request& request, std::vector<FileDescriptor> files, Run run) {
    worker.counts.count(job, use);
    std::shared_ptr<Token> token;
    try {
        token = worker.tokens.find(request.key.token);
        const auto key = token->find_key(request.key.key);
        KeyUse key_use(*token, *key, request.authorization, pinentry_of(std::move(files)));
        return run(key_use, request.operation);
    } catch (const Error& error) {
        // The count and the list of tokens follow from the error; it goes on to the loop that answers it.
        if (may_ask_again(error.code())) worker.counts.take_back(job, use);
        if (token && error.code() == ErrorCode::TokenRemoved) worker.tokens.forget(*token);
        throw;
    }
}

void handle(Worker& worker, const ipc::Empty&, std::vector<FileDescriptor>, const Answers& answers) {
    std::set<TokenId> present;
    const auto listing = worker.tokens.list();
    for (const auto& slot : listing.slots) answers.send(ipc::MessageType::SlotFound, slot);
    for (const auto& found : listing.tokens) {
        present.insert(found.token.id);
        answers.send(ipc::MessageType::TokenFound, found.token);
        for (const auto& key : found.keys) answers.send(ipc::MessageType::KeyFound, key);
    }
    worker.lanes.keep(present);
    answers.send(ipc::MessageType::Done, ipc::Empty{});
}

/// When an answer must be on its way. The margin is for the module.
Deadline deadline_of(const ipc::Header& header) {
    if (header.deadline_ms == 0) return Deadline::max();
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(header.deadline_ms) * 9 / 10;
}

void handle(Worker& worker, const ipc::Login& request, std::vector<FileDescriptor> files, const Answers& answers) {
    const auto deadline = deadline_of(answers.request());
    const auto token = worker.tokens.find(request.token);
    answers.send(ipc::MessageType::LoginEnded, log_in(*token, request, pinentry_of(std::move(files)), deadline));
}

void handle_notice(Worker& worker, const ipc::Notice& request, std::vector<FileDescriptor> files,
                   const Answers& answers) {
    if (!files.empty()) worker.notice.show(request.prompt, std::move(files.front()));
    answers.send(ipc::MessageType::Done, ipc::Empty{});
}

ipc::LoginEnded renew_pin(Worker& worker, const ipc::Notice& request, FileDescriptor pinentry, const Answers& answers) {
    const auto deadline = deadline_of(answers.request());
    const auto token = worker.tokens.find(request.token);
    const auto renew = answers.request().type == ipc::MessageType::ChangePin ? change_pin : unblock_pin;
    return renew(*token, request.prompt, std::move(pinentry), deadline);
}

void handle(Worker& worker, const ipc::Notice& request, std::vector<FileDescriptor> files, const Answers& answers) {
    const auto type = answers.request().type;
    if (type == ipc::MessageType::ShowNotice) return handle_notice(worker, request, std::move(files), answers);
    auto pinentry = pinentry_of(std::move(files));
    answers.send(ipc::MessageType::LoginEnded, type == ipc::MessageType::Confirm
                                                   ? confirm(request, std::move(pinentry))
                                                   : renew_pin(worker, request, std::move(pinentry), answers));
}

void handle(Worker& worker, const ipc::Logout& request, std::vector<FileDescriptor>, const Answers& answers) {
    worker.tokens.find(request.token)->log_out();
    answers.send(ipc::MessageType::Done, ipc::Empty{});
}

void handle(Worker& worker, const ipc::TokenSignAttributes& request, std::vector<FileDescriptor> files,
            const Answers& answers) {
    auto signature =
        with_key(worker, answers.request().job, Use::Signature, request, std::move(files), sign_attributes);
    answers.send(ipc::MessageType::Signature, ipc::Signature{std::move(signature)});
}

void handle(Worker& worker, const ipc::TokenUnwrapContentKey& request, std::vector<FileDescriptor> files,
            const Answers& answers) {
    const auto unwrap = [&](KeyUse& use, const ipc::UnwrapContentKey& operation) {
        return unwrap_content_key(use, worker.synthetic, operation);
    };
    answers.send_key(with_key(worker, answers.request().job, Use::KeyRecovery, request, std::move(files), unwrap));
}

void handle(Worker& worker, const ipc::TokenAgreeKey& request, std::vector<FileDescriptor> files,
            const Answers& answers) {
    answers.send_key(with_key(worker, answers.request().job, Use::KeyRecovery, request, std::move(files), agree_key));
}

void handle(Worker& worker, const ipc::TokenSignCertificateRequest& request, std::vector<FileDescriptor> files,
            const Answers& answers) {
    auto made =
        with_key(worker, answers.request().job, Use::Signature, request, std::move(files), sign_certificate_request);
    answers.send(ipc::MessageType::CertificateRequest, ipc::CertificateRequest{std::move(made)});
}

/// A write to the token that finds it gone makes the next request look for it again.
template <class Request, class Operation>
auto with_token(Worker& worker, const Request& request, Operation operation) {
    const auto token = worker.tokens.find(request.token);
    try {
        return operation(*token, request);
    } catch (const Error& error) {
        // The list of tokens follows from the error; it goes on to the loop that answers it.
        if (error.code() == ErrorCode::TokenRemoved) worker.tokens.forget(*token);
        throw;
    }
}

void handle(Worker& worker, const ipc::GenerateKey& request, std::vector<FileDescriptor>, const Answers& answers) {
    answers.send(ipc::MessageType::KeyFound, with_token(worker, request, generate_key));
}

void handle(Worker& worker, const ipc::StoreCertificate& request, std::vector<FileDescriptor>, const Answers& answers) {
    answers.send(ipc::MessageType::CertificateStored, with_token(worker, request, store_certificate));
}

void handle(Worker&, const ipc::ReadCertificateFile& request, std::vector<FileDescriptor>, const Answers& answers) {
    answers.send(ipc::MessageType::CertificateFileRead,
                 ipc::CertificateFileRead{keys_of(read_certificate_file(request.file))});
}

const TokenId no_token;
const TokenId& token_of(const ipc::Empty&) { return no_token; }
const TokenId& token_of(const ipc::ReadCertificateFile&) { return no_token; }
const TokenId& token_of(const ipc::Login& request) { return request.token; }
const TokenId& token_of(const ipc::Notice& request) { return request.token; }
const TokenId& token_of(const ipc::Logout& request) { return request.token; }
const TokenId& token_of(const ipc::GenerateKey& request) { return request.token; }
const TokenId& token_of(const ipc::StoreCertificate& request) { return request.token; }
template <class Operation>
const TokenId& token_of(const ipc::WithKey<Operation>& request) {
    return request.key.token;
}

template <class Message>
class RequestTask final : public Task {
public:
    RequestTask(Worker& worker, const ipc::Channel& channel, ipc::Packet packet)
        : worker_(worker),
          message_(ipc::decode<Message>(packet.payload)),
          files_(std::move(packet.descriptors)),
          answers_(channel, packet.header) {}

    const TokenId& token() const override { return token_of(message_); }

    void run() override {
        ++worker_.under_way;
        try {
            handle(worker_, message_, std::move(files_), answers_);
        } catch (const Error& error) {
            answers_.send(ipc::MessageType::Failure, failure_of(error));
        }
        if (module_left_locked()) worker_.left_locked = true;
        // Who else is at it gets an answer: nothing is locked any more.
        if (--worker_.under_way > 0 || !worker_.left_locked) return;
        log(Severity::Error, "token worker: the module did not unlock what it had locked");
        _exit(0);  // in good order: the broker replaces it at once
    }

private:
    Worker& worker_;
    Message message_;
    std::vector<FileDescriptor> files_;
    Answers answers_;
};

template <class Message>
std::unique_ptr<Task> make_task(Worker& worker, const ipc::Channel& channel, ipc::Packet packet) {
    return std::make_unique<RequestTask<Message>>(worker, channel, std::move(packet));
}

struct Request {
    ipc::MessageType type;
    LaneKind lane;
    size_t max_descriptors;
    std::unique_ptr<Task> (*make)(Worker&, const ipc::Channel&, ipc::Packet);
};

/// All that may be asked of this process. Every request is permitted at any time: what a job may do is counted.
constexpr Request requests[] = {
    {ipc::MessageType::ListTokens, LaneKind::Listing, 0, make_task<ipc::Empty>},
    {ipc::MessageType::Login, LaneKind::Login, 1, make_task<ipc::Login>},
    {ipc::MessageType::ShowNotice, LaneKind::Login, 1, make_task<ipc::Notice>},
    {ipc::MessageType::Confirm, LaneKind::Login, 1, make_task<ipc::Notice>},
    {ipc::MessageType::ChangePin, LaneKind::Login, 1, make_task<ipc::Notice>},
    {ipc::MessageType::UnblockPin, LaneKind::Login, 1, make_task<ipc::Notice>},
    {ipc::MessageType::Logout, LaneKind::Operations, 0, make_task<ipc::Logout>},
    {ipc::MessageType::TokenSignAttributes, LaneKind::Operations, 1, make_task<ipc::TokenSignAttributes>},
    {ipc::MessageType::TokenUnwrapContentKey, LaneKind::Operations, 1, make_task<ipc::TokenUnwrapContentKey>},
    {ipc::MessageType::TokenAgreeKey, LaneKind::Operations, 1, make_task<ipc::TokenAgreeKey>},
    {ipc::MessageType::TokenSignCertificateRequest, LaneKind::Operations, 1,
     make_task<ipc::TokenSignCertificateRequest>},
    {ipc::MessageType::GenerateKey, LaneKind::Operations, 0, make_task<ipc::GenerateKey>},
    {ipc::MessageType::ReadCertificateFile, LaneKind::Listing, 0, make_task<ipc::ReadCertificateFile>},
    {ipc::MessageType::StoreCertificate, LaneKind::Operations, 0, make_task<ipc::StoreCertificate>},
};

const Request& find_request(const ipc::Packet& packet) {
    const auto* request = std::ranges::find(requests, packet.header.type, &Request::type);
    if (request == std::end(requests) || packet.descriptors.size() > request->max_descriptors)
        throw Error(ErrorCode::Internal, "malformed internal message");
    return *request;
}

/// Who has pinentry's socket is going to wait for a person.
LaneKind lane_of(const Request& request, const ipc::Packet& packet) {
    return packet.descriptors.empty() ? request.lane : LaneKind::Login;
}

}  // namespace

void tell_tokens_changed(const ipc::Channel& channel) {
    // A broker that is gone need not know; serve() ends.
    (void)channel.send({.type = ipc::MessageType::TokensChanged}, {}, {}, ipc::Waiting::Block);
}

void tell_end(const ipc::Channel& channel, const Error& why) {
    (void)channel.send({.type = ipc::MessageType::Failure}, ipc::encode(failure_of(why)), {}, ipc::Waiting::Never);
    ipc::NoPacket reason;
    while (channel.receive(ipc::Waiting::Block, reason)) continue;
}

void serve(const ipc::Channel& channel, Tokens& tokens) {
    Worker worker{tokens};
    ipc::NoPacket reason;
    try {
        while (auto packet = channel.receive(ipc::Waiting::Block, reason)) {
            const auto& request = find_request(*packet);
            const auto lane = lane_of(request, *packet);
            worker.lanes.post(lane, request.make(worker, channel, std::move(*packet)));
        }
    } catch (const Error& error) {
        // At once: the lanes may be waiting for a person or a token, and their answers are wanted no more.
        log(Severity::Error, "token worker: " + error.message());
        _exit(1);
    }
}

}  // namespace cardseal::token
