// SPDX-License-Identifier: LGPL-2.1-or-later
// A real token worker process on real SoftHSM, as its broker sees it.
#pragma once

#include <p11-kit/pkcs11.h>

#include <fstream>
#include <map>
#include <optional>

#include "ipc/channel.hpp"
#include "ipc/token_care_messages.hpp"
#include "sandbox/process.hpp"
#include "scripted_pinentry.hpp"
#include "soft_token.hpp"
#include "test_keys.hpp"

namespace cardseal::token {

/// The fault module's control file and log.
class Faults {
public:
    Faults();
    /// Replaces the faults; the log goes on.
    void set(const std::string& statements);
    /// The names of the calls since the last `clear_log`, with their results: "C_Sign CKR_OK".
    std::vector<std::string> calls() const;
    size_t count(const std::string& function) const;
    void clear_log();
    std::filesystem::path control() const { return folder_.path() / "control"; }

private:
    TemporaryFolder folder_;
};

class WorkerProcess {
public:
    /// With the fault module, `faults` must outlive it.
    explicit WorkerProcess(const SoftTokens& tokens, const Faults* faults = nullptr);

    struct Listing {
        std::vector<ipc::SlotFound> slots;
        std::vector<ipc::TokenFound> tokens;
        std::vector<ipc::KeyFound> keys;

        const ipc::TokenFound& token(const std::string& label) const;
        const ipc::KeyFound& key(const std::string& label) const;
    };
    Listing list();

    /// Sends a request; its number.
    template <class Message>
    uint32_t post(ipc::MessageType type, Message message, uint64_t job = 0, std::span<const int> files = {}) {
        return post_payload(type, ipc::encode(std::move(message)), job, files);
    }
    uint32_t post_payload(ipc::MessageType type, ByteView payload, uint64_t job, std::span<const int> files);

    /// The next answer to this request, whatever comes in between; fails if the worker ends or needs more than 30 s.
    ipc::Packet answer(uint32_t request);
    /// Until it tells that something came or went; fails as `answer`.
    void wait_for_change();
    /// Answers to requests that came and were not taken.
    size_t unread() const;
    /// Has a part of its answer come, while that of another request was awaited?
    bool has_answer(uint32_t request) const { return answers_.contains(request) && !answers_.at(request).empty(); }
    /// No answer to anything within the time.
    bool is_silent_for(std::chrono::milliseconds time);

    /// The answer, or the Failure as Error.
    template <class Answer>
    Answer expect(uint32_t request, ipc::MessageType type) {
        auto packet = answer(request);
        if (packet.header.type == ipc::MessageType::Failure) {
            const auto failure = ipc::decode<ipc::Failure>(packet.payload);
            throw Error(failure.code, failure.message);
        }
        if (packet.header.type != type) throw Error(ErrorCode::Internal, "another answer was expected");
        return ipc::decode<Answer>(packet.payload);
    }

    uint32_t post_login(const TokenId& token, ScriptedPinentry& pinentry, uint32_t timeout_ms = 30'000);
    ipc::LoginEnded log_in(const TokenId& token, ScriptedPinentry& pinentry, uint32_t timeout_ms = 30'000);
    /// With the right PIN.
    void log_in(const TokenId& token);
    Bytes sign(const ipc::KeyFound& key, const ipc::SignAttributes& operation, uint64_t job = 0);
    Bytes unwrap(const ipc::KeyFound& key, const ipc::UnwrapContentKey& operation, uint64_t job = 0);
    Bytes agree(const ipc::KeyFound& key, const ipc::AgreeKey& operation, uint64_t job = 0);

    /// A job number not used before, for job 0 in the calls above.
    uint64_t next_job() { return ++last_job_; }
    /// Waits for its end.
    sandbox::ExitStatus wait_for_end();
    bool runs() const;
    size_t threads() const;
    void close_channel() { channel_.reset(); }

private:
    std::optional<ipc::Channel> channel_;
    std::optional<sandbox::Process> process_;
    std::map<uint32_t, std::vector<ipc::Packet>> answers_;
    uint32_t last_request_ = 0;
    uint64_t last_job_ = 1000;
};

/// The code of the Error that `call` throws; None if it throws none.
template <class Call>
ErrorCode code_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

/// All that PKCS#11 v2.40 §11.1 names, one that nobody knows, and one of a vendor.
const std::vector<CK_RV>& every_return_value();

/// DER signed attributes: content-type id-data and a message-digest of this digest's size.
Bytes signed_attributes(Digest digest);

}  // namespace cardseal::token
