// SPDX-License-Identifier: LGPL-2.1-or-later
// Job: one running operation: its worker, what the worker may ask, and its one end.
#include "broker/job.hpp"

#include <algorithm>

#include "broker/spool.hpp"

namespace cardseal::broker {

using ipc::MessageType;

namespace {

constexpr Milliseconds progress_interval{100};

bool is_absence(ErrorCode code) {
    return code == ErrorCode::NoSuchKey || code == ErrorCode::TokenAbsent || code == ErrorCode::NoMatchingKey ||
           code == ErrorCode::TokenRemoved;
}

Error worker_died() { return Error(ErrorCode::Internal, "the CMS worker died"); }

/// What a job of this kind does with a private key; null: nothing.
const char* audited_operation(JobKind kind) {
    switch (kind) {
        case JobKind::Sign:
            return "sign";
        case JobKind::Decrypt:
            return "decrypt";
        case JobKind::GenerateKey:
            return "generate";
        case JobKind::RequestCertificate:
            return "request";
        default:
            return nullptr;
    }
}

/// Whatever failed cryptographically and wherever, it must look the same.
Error without_detail(const Error& error) {
    if (error.code() != ErrorCode::DecryptFailed) return error;
    return Error(ErrorCode::DecryptFailed, "the message cannot be decrypted");
}

}  // namespace

Job::Job(const JobServices& services, JobId id, JobKind kind, JobOwner owner, JobFiles files)
    : services_(services),
      id_(id),
      kind_(kind),
      owner_(std::move(owner)),
      files_(std::move(files)),
      permissions_(kind, 0) {}

Job::~Job() = default;

void Job::start(Told<JobResult> ended, std::function<void(const ipc::Progress&)> progressed) {
    ended_ = std::move(ended);
    progressed_ = std::move(progressed);
    run([this] { prepare(); });
}

void Job::cancel(const Error& why) {
    if (!over_) end(why);
}

bool Job::needs(const TokenId& token) const {
    return std::ranges::any_of(needed_, [&](const KeyReference& key) { return key.token == token; });
}

uint64_t Job::now() {
    return static_cast<uint64_t>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

void Job::run(const Action& action) {
    if (over_) return;
    try {
        action();
    } catch (const Error& error) {  // the edge of a job: its failure is its result, and nobody else's
        end(error);
    } catch (const std::exception& error) {
        end(Error(ErrorCode::Internal, std::string("unexpected failure: ") + error.what()));
    }
}

void Job::look_up(Action find) {
    try {
        return find();
    } catch (const Error& error) {  // absence as last seen: worth another look
        if (!is_absence(error.code())) throw;
    }
    services_.modules.refresh(Milliseconds(0), step(std::move(find)));
}

void Job::finish() {
    JobResult result{.kind = kind_, .finished = {}};
    complete(result);
    end(std::move(result));
}

void Job::send_to_worker(MessageType type, Bytes payload, std::vector<FileDescriptor> files, uint32_t signers) {
    permissions_ = JobPermissions(kind_, signers);
    packet_type_ = type;
    packet_ = std::move(payload);
    packet_files_ = std::move(files);
    const auto taken = step([this](Outcome<CmsWorker> outcome) { hand_over(std::move(outcome)); });
    if (worker_stays_clean())
        services_.workers.take_for_signing(owner_.caller, taken);
    else
        services_.workers.take_fresh(taken);
}

void Job::hand_over(Outcome<CmsWorker> outcome) {
    if (const auto* error = error_of(outcome)) throw Error(*error);
    worker_.emplace(std::get<CmsWorker>(std::move(outcome)));
    std::vector<int> descriptors;
    for (const auto& file : packet_files_) descriptors.push_back(file.get());
    const ipc::Header header{.type = packet_type_, .job = id_};
    if (worker_->channel().send(header, packet_, descriptors, ipc::Waiting::Never) != ipc::SendResult::Sent)
        throw worker_died();
    packet_files_.clear();
    state_ = JobState::Running;
    readable_ = services_.loop.when_readable(worker_->channel().descriptor(), step([this] { receive(); }));
}

void Job::receive() {
    // One packet, then back to the loop: a worker that never stops sending must not keep it.
    ipc::NoPacket reason;
    const auto packet = worker_->channel().receive(ipc::Waiting::Never, reason);
    if (packet) return handle(*packet);
    if (reason == ipc::NoPacket::PeerGone) throw worker_died();
}

void Job::handle(const ipc::Packet& packet) {
    if (packet.header.job != id_ || !packet.descriptors.empty())
        throw Error(ErrorCode::Internal, "malformed internal message");
    permissions_.use(packet.header.type);
    switch (packet.header.type) {
        case MessageType::Progress:
            return take_progress(packet);
        case MessageType::Finished:
            return take_finished(packet);
        case MessageType::OpenSpool:
            return give_spool(packet.header.request);
        default:
            return serve(packet);
    }
}

void Job::serve(const ipc::Packet&) { throw Error(ErrorCode::Internal, "malformed internal message"); }

void Job::take_progress(const ipc::Packet& packet) {
    progress_ = ipc::decode<ipc::Progress>(packet.payload);
    const auto now = std::chrono::steady_clock::now();
    if (now - progress_told_ < progress_interval) return;
    progress_told_ = now;
    progressed_(progress_);
}

void Job::take_finished(const ipc::Packet& packet) {
    auto finished = ipc::decode<ipc::Finished>(packet.payload);
    readable_.reset();
    auto worker = std::move(*worker_);
    worker_.reset();
    if (worker_stays_clean() && finished.code == ErrorCode::None)
        services_.workers.give_back(owner_.caller, std::move(worker));
    else
        worker.dismiss();
    if (finished.code != ErrorCode::None) throw Error(finished.code, finished.message);
    JobResult result{.kind = kind_, .finished = std::move(finished), .key = key_used()};
    complete(result);
    end(std::move(result));
}

void Job::give_spool(uint32_t request) {
    const auto file = open_spool();
    const int descriptor = file.get();
    answer(request, MessageType::SpoolFile, {}, std::span(&descriptor, 1));
}

void Job::answer(uint32_t request, MessageType type, ByteView payload, std::span<const int> descriptors) {
    state_ = JobState::Running;
    const ipc::Header header{.type = type, .request = request, .job = id_};
    if (worker_->channel().send(header, payload, descriptors, ipc::Waiting::Never) != ipc::SendResult::Sent)
        throw worker_died();
}

void Job::operate(const KeyOperation& operation) {
    authorize(operation.key, operation.purpose, [this, operation](Turn turn) {
        const auto told = step([this, operation](const auto& outcome) { operated(operation, outcome); });
        const AuditRecord record{operation.name, operation.key.key.value, operation.digest, ErrorCode::None};
        operation.send(std::move(turn), audited<ipc::Packet>(record, operation.key.token, told));
    });
}

void Job::operated(const KeyOperation& operation, const Outcome<ipc::Packet>& outcome) {
    slow_.reset();
    ticket_ = PromptTicket();
    if (const auto* error = error_of(outcome)) {
        const bool may_ask = owner_.prompt.interaction == Interaction::Allowed && !asked_again_;
        if (error->code() != ErrorCode::InteractionRequired || !may_ask) throw Error(*error);
        // The token has logged out behind our back: for the operation nothing has happened yet.
        asked_again_ = true;
        return make_ready(operation.key, operation.purpose, [this, operation] { operate(operation); });
    }
    needed_.erase(operation.key);
    const auto& packet = std::get<ipc::Packet>(outcome);
    answer(operation.request, packet.header.type, packet.payload);
}

// A request for a private-key operation that was refused before it began is recorded too.
void Job::audit_refusal(const Error& why) {
    const auto* operation = audited_operation(kind_);
    if (audited_ || !operation) return;
    audited_ = true;
    const AuditRecord record{operation, audited_key_, "", why.code()};
    services_.callers.identify(owner_.caller, [record, &audit = services_.audit](const CallerIdentity& identity) {
        audit.record(record, identity);
    });
}

void Job::end(Outcome<JobResult> outcome) {
    over_ = true;
    slow_.reset();
    ticket_ = PromptTicket();
    readable_.reset();
    worker_.reset();
    packet_files_.clear();
    files_ = {};
    if (const auto* error = error_of(outcome)) {
        audit_refusal(*error);
        outcome = without_detail(*error);
    }
    const auto ended = std::exchange(ended_, {});
    ended(std::move(outcome));
}

}  // namespace cardseal::broker
