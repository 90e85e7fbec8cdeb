// SPDX-License-Identifier: LGPL-2.1-or-later
// A real token worker process on real SoftHSM, as its broker sees it.
#include "token_fixture.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "token/return_values.hpp"

namespace cardseal::token {

Faults::Faults() { set(""); }

void Faults::set(const std::string& statements) {
    const auto next = folder_.path() / "next";
    std::ofstream(next) << "real " << softhsm_path() << "\nlog " << (folder_.path() / "log").string() << "\n"
                        << statements << "\n";
    std::filesystem::rename(next, control());
}

std::vector<std::string> Faults::calls() const {
    std::ifstream log(folder_.path() / "log");
    std::vector<std::string> lines;
    for (std::string line; std::getline(log, line);) lines.push_back(line);
    return lines;
}

size_t Faults::count(const std::string& function) const {
    return static_cast<size_t>(
        std::ranges::count_if(calls(), [&](const auto& line) { return line.starts_with(function + " "); }));
}

void Faults::clear_log() { std::filesystem::remove(folder_.path() / "log"); }

WorkerProcess::WorkerProcess(const SoftTokens& tokens, const Faults* faults) {
    auto sockets = make_packet_sockets();
    static constexpr auto passed_on =
        std::to_array<std::string_view>({"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"});
    auto environment = sandbox::environment_of(passed_on);
    environment.push_back("SOFTHSM2_CONF=" + tokens.configuration().string());
    if (faults) environment.push_back("FAULT_MODULE_CONTROL=" + faults->control().string());
    sandbox::ProcessStart start{TOKEN_WORKER, {faults ? FAULT_MODULE : softhsm_path()}, environment};
    start.channel = sockets.theirs.get();
    process_ = sandbox::start_process(start);
    channel_.emplace(std::move(sockets.ours));
}

uint32_t WorkerProcess::post_payload(ipc::MessageType type, ByteView payload, uint64_t job,
                                     std::span<const int> files) {
    ipc::Header header;
    header.type = type;
    header.request = ++last_request_;
    header.job.value = job;
    if (channel_->send(header, payload, files, ipc::Waiting::Block) != ipc::SendResult::Sent)
        throw Error(ErrorCode::Internal, "the worker is gone");
    return header.request;
}

ipc::Packet WorkerProcess::answer(uint32_t request) {
    for (;;) {
        if (auto& waiting = answers_[request]; !waiting.empty()) {
            auto packet = std::move(waiting.front());
            waiting.erase(waiting.begin());
            return packet;
        }
        pollfd readable{channel_->descriptor(), POLLIN, 0};
        if (poll(&readable, 1, 30'000) != 1) throw Error(ErrorCode::Timeout, "the worker does not answer");
        ipc::NoPacket reason;
        auto packet = channel_->receive(ipc::Waiting::Block, reason);
        if (!packet) throw Error(ErrorCode::ModuleFailed, "the worker ended");
        answers_[packet->header.request].push_back(std::move(*packet));
    }
}

void WorkerProcess::wait_for_change() {
    const auto told = answer(0);
    if (told.header.type != ipc::MessageType::TokensChanged)
        throw Error(ErrorCode::Internal, "a change of the tokens was expected");
}

size_t WorkerProcess::unread() const {
    size_t count = 0;
    for (const auto& [request, waiting] : answers_)
        if (request != 0) count += waiting.size();
    return count;
}

bool WorkerProcess::is_silent_for(std::chrono::milliseconds time) {
    pollfd readable{channel_->descriptor(), POLLIN, 0};
    return poll(&readable, 1, static_cast<int>(time.count())) == 0;
}

WorkerProcess::Listing WorkerProcess::list() {
    Listing listing;
    const auto request = post(ipc::MessageType::ListTokens, ipc::Empty{});
    for (;;) {
        auto packet = answer(request);
        if (packet.header.type == ipc::MessageType::Done) return listing;
        if (packet.header.type == ipc::MessageType::SlotFound)
            listing.slots.push_back(ipc::decode<ipc::SlotFound>(packet.payload));
        if (packet.header.type == ipc::MessageType::TokenFound)
            listing.tokens.push_back(ipc::decode<ipc::TokenFound>(packet.payload));
        if (packet.header.type == ipc::MessageType::KeyFound)
            listing.keys.push_back(ipc::decode<ipc::KeyFound>(packet.payload));
        if (packet.header.type == ipc::MessageType::Failure) {
            const auto failure = ipc::decode<ipc::Failure>(packet.payload);
            throw Error(failure.code, failure.message);
        }
    }
}

const ipc::TokenFound& WorkerProcess::Listing::token(const std::string& label) const {
    const auto found = std::ranges::find(tokens, label, &ipc::TokenFound::label);
    if (found == tokens.end()) throw Error(ErrorCode::TokenAbsent, label);
    return *found;
}

const ipc::KeyFound& WorkerProcess::Listing::key(const std::string& label) const {
    const auto found = std::ranges::find(keys, label, &ipc::KeyFound::label);
    if (found == keys.end()) throw Error(ErrorCode::NoSuchKey, label);
    return *found;
}

uint32_t WorkerProcess::post_login(const TokenId& token, ScriptedPinentry& pinentry, uint32_t timeout_ms) {
    ipc::Login login;
    login.token = token;
    login.prompt.title = "Cardseal";
    login.prompt.description = "A test wants to sign 100 %";
    login.prompt.options = {"ttyname=/dev/pts/1", "unknown=1"};
    login.prompt.timeout_ms = timeout_ms;
    const int file = pinentry.worker_end().get();
    const auto request = post(ipc::MessageType::Login, login, 0, {&file, 1});
    pinentry.close_worker_end();
    return request;
}

ipc::LoginEnded WorkerProcess::log_in(const TokenId& token, ScriptedPinentry& pinentry, uint32_t timeout_ms) {
    return expect<ipc::LoginEnded>(post_login(token, pinentry, timeout_ms), ipc::MessageType::LoginEnded);
}

void WorkerProcess::log_in(const TokenId& token) {
    ScriptedPinentry pinentry({types(test_pin)});
    const auto ended = log_in(token, pinentry);
    if (ended.result != ipc::LoginResult::LoggedIn) throw Error(ErrorCode::PinIncorrect, ended.message);
}

Bytes WorkerProcess::sign(const ipc::KeyFound& key, const ipc::SignAttributes& operation, uint64_t job) {
    const auto request = post(ipc::MessageType::TokenSignAttributes, ipc::TokenSignAttributes{key.reference, operation},
                              job ? job : next_job());
    return expect<ipc::Signature>(request, ipc::MessageType::Signature).bytes;
}

Bytes WorkerProcess::unwrap(const ipc::KeyFound& key, const ipc::UnwrapContentKey& operation, uint64_t job) {
    const auto request = post(ipc::MessageType::TokenUnwrapContentKey,
                              ipc::TokenUnwrapContentKey{key.reference, operation}, job ? job : next_job());
    return expect<ipc::SymmetricKey>(request, ipc::MessageType::SymmetricKey).bytes;
}

Bytes WorkerProcess::agree(const ipc::KeyFound& key, const ipc::AgreeKey& operation, uint64_t job) {
    const auto request =
        post(ipc::MessageType::TokenAgreeKey, ipc::TokenAgreeKey{key.reference, operation}, job ? job : next_job());
    return expect<ipc::SymmetricKey>(request, ipc::MessageType::SymmetricKey).bytes;
}

sandbox::ExitStatus WorkerProcess::wait_for_end() {
    pollfd ended{process_->pidfd(), POLLIN, 0};
    if (poll(&ended, 1, 30'000) != 1) throw Error(ErrorCode::Timeout, "the worker does not end");
    return process_->reap().value();
}

bool WorkerProcess::runs() const {
    pollfd ended{process_->pidfd(), POLLIN, 0};
    return poll(&ended, 1, 0) == 0;
}

size_t WorkerProcess::threads() const {
    const auto tasks = std::filesystem::path("/proc") / std::to_string(process_->pid()) / "task";
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(tasks), {}));
}

const std::vector<CK_RV>& every_return_value() {
    static const auto values = [] {
        std::vector<CK_RV> all{0x7fff, 0x8000'0123};  // unknown, and a vendor's
        for (CK_RV value = 1; value < 0x300; ++value)
            if (describe(value).name.starts_with("CKR_")) all.push_back(value);
        return all;
    }();
    return values;
}

Bytes signed_attributes(Digest digest) {
    const auto size = static_cast<uint8_t>(digest_size(digest));
    Bytes content_type{0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03,
                       0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
    Bytes message_digest{
        0x30, static_cast<uint8_t>(size + 15), 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04,
        0x31, static_cast<uint8_t>(size + 2),  0x04, size};
    message_digest.insert(message_digest.end(), size, 0xab);
    Bytes set{0x31, static_cast<uint8_t>(content_type.size() + message_digest.size())};
    set.insert(set.end(), content_type.begin(), content_type.end());
    set.insert(set.end(), message_digest.begin(), message_digest.end());
    return set;
}

}  // namespace cardseal::token
