// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenWorker: the process that holds one PKCS#11 module, as the functions that it offers.
#include "broker/token_worker.hpp"

#include <algorithm>

#include "base/secret.hpp"

namespace cardseal::broker {

using ipc::MessageType;

namespace {

/// Requests for one token on their way at a time; the rest wait here, so that the socket's buffer never fills.
constexpr ptrdiff_t max_in_flight = 32;

[[noreturn]] void malformed() { throw Error(ErrorCode::Internal, "malformed internal message"); }

sandbox::Process start_worker(const TokenWorker::Start& start, const FileDescriptor& channel) {
    return sandbox::start_process({.program = start.program,
                                   .arguments = {start.module, start.init_args},
                                   .environment = start.environment,
                                   .channel = channel.get()});
}

template <class Message>
Message decode_answer(const ipc::Packet& packet, MessageType type) {
    if (packet.header.type != type) malformed();
    return ipc::decode<Message>(packet.payload);
}

void check_answer(const ipc::Packet& packet, MessageType answer) {
    if (answer == MessageType::Signature) {
        (void)decode_answer<ipc::Signature>(packet, answer);
        return;
    }
    if (answer == MessageType::CertificateRequest) {
        (void)decode_answer<ipc::CertificateRequest>(packet, answer);
        return;
    }
    auto key = decode_answer<ipc::SymmetricKey>(packet, answer);
    wipe(key.bytes);
}

}  // namespace

TokenWorker::TokenWorker(EventLoop& loop, const Start& start, const TokenDeadlines& deadlines, Events events)
    : TokenWorker(loop, start, deadlines, std::move(events), make_packet_sockets()) {}

TokenWorker::TokenWorker(EventLoop& loop, const Start& start, const TokenDeadlines& deadlines, Events events,
                         SocketPair sockets)
    : loop_(loop),
      deadlines_(deadlines),
      module_(start.module),
      events_(std::move(events)),
      channel_(std::move(sockets.ours)),
      process_(start_worker(start, sockets.theirs)),
      readable_(loop.when_readable(channel_.descriptor(), [this] { receive(); })),
      exited_(loop.when_readable(process_.pidfd(), [this] { ended(); })) {}

void TokenWorker::list(Told<Listing> told) {
    auto collect = [told = std::move(told), listing = Listing()](Outcome<ipc::Packet> answer) mutable {
        if (const auto* error = error_of(answer)) {
            told(*error);
            return Progress::Complete;
        }
        const auto& packet = std::get<ipc::Packet>(answer);
        if (packet.header.type == MessageType::SlotFound) {
            listing.slots.push_back(ipc::decode<ipc::SlotFound>(packet.payload));
            return Progress::More;
        }
        if (packet.header.type == MessageType::TokenFound) {
            listing.tokens.push_back(ipc::decode<ipc::TokenFound>(packet.payload));
            return Progress::More;
        }
        if (packet.header.type == MessageType::KeyFound) {
            listing.keys.push_back(ipc::decode<ipc::KeyFound>(packet.payload));
            return Progress::More;
        }
        (void)decode_answer<ipc::Empty>(packet, MessageType::Done);
        told(std::move(listing));
        return Progress::Complete;
    };
    ask({.type = MessageType::ListTokens,
         .job = {},
         .payload = {},
         .descriptor = {},
         .deadline = deadlines_.list,
         .handler = std::move(collect)});
}

uint32_t TokenWorker::prompt_time() const { return static_cast<uint32_t>(deadlines_.login_prompt.count()); }

template <class Answer>
TokenWorker::Handler TokenWorker::single_answer(MessageType type, Told<Answer> told) {
    return [type, told = std::move(told)](Outcome<ipc::Packet> answer) {
        if (const auto* error = error_of(answer))
            told(*error);
        else
            told(decode_answer<Answer>(std::get<ipc::Packet>(answer), type));
        return Progress::Complete;
    };
}

void TokenWorker::login(ipc::Login login, FileDescriptor pinentry, Told<ipc::LoginEnded> told) {
    const auto token = login.token;
    login.prompt.timeout_ms = prompt_time();
    ask({.type = MessageType::Login,
         .token = token,
         .job = {},
         .payload = ipc::encode(std::move(login)),
         .descriptor = std::move(pinentry),
         .deadline = deadlines_.login_prompt + deadlines_.after_prompt,
         .handler = single_answer(MessageType::LoginEnded, std::move(told))});
}

void TokenWorker::logout(const TokenId& token, Told<std::monostate> told) {
    auto handler = [told = std::move(told)](Outcome<ipc::Packet> answer) {
        if (const auto* error = error_of(answer)) {
            told(*error);
            return Progress::Complete;
        }
        (void)decode_answer<ipc::Empty>(std::get<ipc::Packet>(answer), MessageType::Done);
        told(std::monostate());
        return Progress::Complete;
    };
    ask({.type = MessageType::Logout,
         .token = token,
         .job = {},
         .payload = ipc::encode(ipc::Logout{token}),
         .descriptor = {},
         .deadline = deadlines_.list,
         .handler = std::move(handler)});
}

void TokenWorker::show_notice(ipc::Notice notice, FileDescriptor pinentry) {
    const auto token = notice.token;
    ask({.type = MessageType::ShowNotice,
         .token = token,
         .job = {},
         .payload = ipc::encode(std::move(notice)),
         .descriptor = std::move(pinentry),
         .deadline = deadlines_.login_prompt + deadlines_.operation,
         .handler = [](const Outcome<ipc::Packet>&) { return Progress::Complete; }});
}

void TokenWorker::ask_person(MessageType type, ipc::Notice question, FileDescriptor pinentry,
                             Told<ipc::LoginEnded> told) {
    const auto token = question.token;
    question.prompt.timeout_ms = prompt_time();
    const auto time_to_ask = type == MessageType::Confirm ? deadlines_.login_prompt : deadlines_.new_pin;
    ask({.type = type,
         .token = token,
         .job = {},
         .payload = ipc::encode(std::move(question)),
         .descriptor = std::move(pinentry),
         .deadline = time_to_ask + deadlines_.after_prompt,
         .handler = single_answer(MessageType::LoginEnded, std::move(told))});
}

template <class Operation>
void TokenWorker::relay(MessageType type, MessageType answer, JobId job, Operation operation, FileDescriptor pinentry,
                        Told<ipc::Packet> told) {
    auto handler = [answer, told = std::move(told)](Outcome<ipc::Packet> outcome) {
        if (!error_of(outcome)) check_answer(std::get<ipc::Packet>(outcome), answer);
        told(std::move(outcome));
        return Progress::Complete;
    };
    const auto token = operation.key.token;
    operation.authorization.timeout_ms = prompt_time();
    const auto time_to_ask = pinentry ? deadlines_.login_prompt : Milliseconds(0);
    ask({.type = type,
         .token = token,
         .job = job,
         .payload = ipc::encode(std::move(operation)),
         .descriptor = std::move(pinentry),
         .deadline = time_to_ask + deadlines_.operation,
         .handler = std::move(handler)});
}

void TokenWorker::sign_attributes(JobId job, ipc::TokenSignAttributes operation, FileDescriptor pinentry,
                                  Told<ipc::Packet> told) {
    relay(MessageType::TokenSignAttributes, MessageType::Signature, job, std::move(operation), std::move(pinentry),
          std::move(told));
}

void TokenWorker::unwrap_content_key(JobId job, ipc::TokenUnwrapContentKey operation, FileDescriptor pinentry,
                                     Told<ipc::Packet> told) {
    relay(MessageType::TokenUnwrapContentKey, MessageType::SymmetricKey, job, std::move(operation), std::move(pinentry),
          std::move(told));
}

void TokenWorker::agree_key(JobId job, ipc::TokenAgreeKey operation, FileDescriptor pinentry, Told<ipc::Packet> told) {
    relay(MessageType::TokenAgreeKey, MessageType::SymmetricKey, job, std::move(operation), std::move(pinentry),
          std::move(told));
}

template <class Message, class Answer>
void TokenWorker::ask_once(MessageType type, const TokenId& token, Message message, Milliseconds deadline,
                           MessageType answer, Told<Answer> told) {
    ask({.type = type,
         .token = token,
         .job = {},
         .payload = ipc::encode(std::move(message)),
         .descriptor = {},
         .deadline = deadline,
         .handler = single_answer(answer, std::move(told))});
}

void TokenWorker::generate_key(ipc::GenerateKey request, Told<ipc::KeyFound> told) {
    const auto token = request.token;
    ask_once(MessageType::GenerateKey, token, std::move(request), deadlines_.key_generation, MessageType::KeyFound,
             std::move(told));
}

void TokenWorker::read_certificate_file(ipc::ReadCertificateFile request, Told<ipc::CertificateFileRead> told) {
    ask_once(MessageType::ReadCertificateFile, {}, std::move(request), deadlines_.list,
             MessageType::CertificateFileRead, std::move(told));
}

void TokenWorker::store_certificate(ipc::StoreCertificate request, Told<ipc::CertificateStored> told) {
    const auto token = request.token;
    ask_once(MessageType::StoreCertificate, token, std::move(request), deadlines_.operation,
             MessageType::CertificateStored, std::move(told));
}

void TokenWorker::sign_certificate_request(JobId job, ipc::TokenSignCertificateRequest operation,
                                           FileDescriptor pinentry, Told<ipc::Packet> told) {
    relay(MessageType::TokenSignCertificateRequest, MessageType::CertificateRequest, job, std::move(operation),
          std::move(pinentry), std::move(told));
}

void TokenWorker::ask(Request request) {
    if (failed_) {
        request.handler(Error(ErrorCode::ModuleFailed, "the module " + module_ + " is not running"));
        return;
    }
    waiting_.push_back(std::move(request));
    send_waiting();
}

bool TokenWorker::may_go(const Request& request) const {
    const auto is_for_same = [&](const auto& entry) { return entry.second.token == request.token; };
    return std::ranges::count_if(pending_, is_for_same) < max_in_flight;
}

void TokenWorker::send_waiting() {
    while (!failed_) {
        const auto next = std::ranges::find_if(waiting_, [this](const Request& each) { return may_go(each); });
        if (next == waiting_.end()) return;
        auto request = std::move(*next);
        waiting_.erase(next);
        send(std::move(request));
    }
}

void TokenWorker::send(Request request) {
    const ipc::Header header{.type = request.type,
                             .request = next_request_++,
                             .job = request.job,
                             .deadline_ms = static_cast<uint32_t>(request.deadline.count())};
    const int descriptor = request.descriptor.get();
    const std::span<const int> descriptors(&descriptor, descriptor >= 0 ? 1 : 0);
    const auto sent = channel_.send(header, request.payload, descriptors, ipc::Waiting::Never);
    if (sent == ipc::SendResult::WouldBlock) {
        request.handler(Error(ErrorCode::TokenBusy, "the module " + module_ + " does not keep up"));
        return;
    }
    // If the peer is gone the request waits for peer_gone(), which knows how it ended.
    const auto due = Clock::now() + request.deadline;
    pending_.emplace(header.request, Pending{due, std::move(request.token), std::move(request.handler)});
    arm_deadline(due);
}

void TokenWorker::receive() {
    try {
        ipc::NoPacket reason;
        while (!failed_) {
            auto packet = channel_.receive(ipc::Waiting::Never, reason);
            if (!packet) {
                if (reason == ipc::NoPacket::PeerGone) peer_gone();
                return;
            }
            handle(std::move(*packet));
        }
    } catch (const Error&) {  // request loop: what a worker sends is not believed
        fail(Error(ErrorCode::ModuleFailed, "the process of module " + module_ + " answered malformed bytes"));
    }
}

void TokenWorker::handle(ipc::Packet packet) {
    if (packet.header.type == MessageType::TokensChanged) {
        if (packet.header.request != 0 || !packet.payload.empty() || !packet.descriptors.empty()) malformed();
        return events_.tokens_changed();
    }
    if (packet.header.request == 0) return take_last_words(packet);
    const auto found = pending_.find(packet.header.request);
    if (found == pending_.end() || !packet.descriptors.empty()) malformed();
    const bool refused = packet.header.type == MessageType::Failure;
    Outcome<ipc::Packet> answer(std::move(packet));
    if (refused) {
        auto failure = ipc::decode<ipc::Failure>(std::get<ipc::Packet>(answer).payload);
        if (failure.code == ErrorCode::None) malformed();
        answer = Error(failure.code, std::move(failure.message));
    }
    // Taken out first: the handler may ask again.
    auto pending = std::move(found->second);
    pending_.erase(found);
    const auto request = packet.header.request;
    try {
        if (pending.handler(std::move(answer)) == Progress::More) pending_.emplace(request, std::move(pending));
    } catch (const Error&) {  // malformed: the request must still be told of the worker's end
        pending_.emplace(request, std::move(pending));
        throw;
    }
    send_waiting();
}

// It has no module, and ends.
void TokenWorker::take_last_words(const ipc::Packet& packet) {
    const auto failure = decode_answer<ipc::Failure>(packet, MessageType::Failure);
    fail(Error(ErrorCode::ModuleFailed, failure.message));
}

// It closed its channel: it is ending or good for nothing. How it ended is told by ended().
void TokenWorker::peer_gone() {
    readable_.reset();
    process_.kill();
}

void TokenWorker::ended() {
    const auto status = process_.reap();
    if (!status) return;
    // What it answered before its end counts.
    if (readable_) receive();
    stepped_down_ = !status->abnormal;
    fail(Error(ErrorCode::ModuleFailed, "the process of module " + module_ + " ended: " + status->text));
}

void TokenWorker::arm_deadline(Clock::time_point due) {
    if (armed_for_ && *armed_for_ <= due) return;
    armed_for_ = due;
    const auto delay = std::chrono::ceil<Milliseconds>(due - Clock::now());
    deadline_ = loop_.after(std::max(delay, Milliseconds(0)), [this] { check_deadlines(); });
}

void TokenWorker::check_deadlines() {
    armed_for_.reset();
    const auto now = Clock::now();
    for (const auto& [request, pending] : pending_) {
        if (pending.due <= now) {
            fail(Error(ErrorCode::Timeout, "the module " + module_ + " did not answer in time and was restarted"));
            return;
        }
    }
    for (const auto& [request, pending] : pending_) arm_deadline(pending.due);
}

// Nothing of this object is touched after `died`: its owner may replace it there.
void TokenWorker::fail(const Error& why) {
    if (failed_) return;
    failed_ = true;
    readable_.reset();
    exited_.reset();
    deadline_.reset();
    process_.kill();
    auto pending = std::move(pending_);
    auto waiting = std::move(waiting_);
    const auto died = std::move(events_.died);
    died(why);
    for (auto& [request, each] : pending) (void)each.handler(why);
    for (auto& request : waiting) (void)request.handler(why);
}

}  // namespace cardseal::broker
