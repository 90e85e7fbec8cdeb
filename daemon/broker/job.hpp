// SPDX-License-Identifier: LGPL-2.1-or-later
// Job: one running operation: its worker, what the worker may ask, and its one end.
#pragma once

#include <set>

#include "broker/audit.hpp"
#include "broker/certificate_folders.hpp"
#include "broker/cms_workers.hpp"
#include "broker/configuration.hpp"
#include "broker/job_permissions.hpp"
#include "broker/job_request.hpp"
#include "broker/key_policies.hpp"
#include "broker/prompts.hpp"
#include "broker/trust_files.hpp"
#include "broker/user_certificates.hpp"

namespace cardseal::broker {

/// What jobs work with; all of it outlives them.
struct JobServices {
    EventLoop& loop;
    TokenModules& modules;
    Logins& logins;
    Prompts& prompts;
    CmsWorkers& workers;
    Callers& callers;
    const Audit& audit;
    TrustFiles& anchors;
    TrustFiles& crls;
    CertificateFolders& folders;
    const UserCertificates& user_certificates;
    Remembering remembering;
    std::span<const KeyPolicy> policies;
};

/// Who asked, and how that person can be asked for a PIN.
struct JobOwner {
    std::string caller;  ///< unique bus name
    PromptSetup prompt;
};

struct JobResult {
    JobKind kind;
    ipc::Finished finished;
    std::string key = {};                                  ///< decrypt, generate, request, store: the key id
    std::string uri = {};                                  ///< generate: of the key
    Bytes certificate_request = {};                        ///< request: DER
    std::string token = {};                                ///< store: label
    ipc::CertificateStored stored = {};                    ///< store
    std::vector<std::string> notes = {};                   ///< decrypt: what to know of it
    Bytes certificate = {};                                ///< decrypt: of the key, DER
    std::vector<ipc::CertificateFound> certificates = {};  ///< certificates: found
    std::vector<ipc::CertificateJudged> judged = {};       ///< certificates: of tokens, in their order
    std::vector<std::string> imported = {};                ///< certificates: fingerprints
};

enum class JobState { Waiting, Running };

/// Ends exactly once. Its steps run from the event loop and stop when it has ended: callbacks hold it weakly, and its
/// one owner is Jobs.
class Job : public std::enable_shared_from_this<Job> {
public:
    Job(const JobServices& services, JobId id, JobKind kind, JobOwner owner, JobFiles files);
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job();

    /// `ended` may be told at once. `progressed` at most ten times a second.
    void start(Told<JobResult> ended, std::function<void(const ipc::Progress&)> progressed);
    void cancel(const Error& why);

    JobId id() const { return id_; }
    const std::string& caller() const { return owner_.caller; }
    JobState state() const { return state_; }
    const ipc::Progress& progress() const { return progress_; }
    /// Is there something that it still wants from the token?
    bool needs(const TokenId& token) const;

protected:
    /// Ends in send_to_worker().
    virtual void prepare() = 0;
    /// A request that the permissions allow, other than those of every job.
    virtual void serve(const ipc::Packet& request);
    virtual std::string key_used() const { return {}; }
    /// After the worker has ended well: what else the result has, and what is done because of it.
    virtual void complete(JobResult&) {}
    /// May its worker be used again for the same caller? Only one that has read nothing foreign.
    virtual bool worker_stays_clean() const { return false; }

    /// Wraps a continuation: not run once the job has ended; an Error in it ends the job.
    template <class Function>
    auto step(Function function) {
        return [weak = weak_from_this(), function = std::move(function)](auto&&... arguments) {
            if (const auto job = weak.lock())
                job->run([&] { function(std::forward<decltype(arguments)>(arguments)...); });
        };
    }

    /// Runs `find`; if it finds no key or token, looks at the tokens again and runs it once more.
    void look_up(Action find);
    /// Then `ready`, with the token open. `purpose` completes "wants to". Errors: InteractionRequired, and those of
    /// Prompts.
    void make_ready(const TokenId& token, const std::string& purpose, Action ready);
    /// The same for one of its keys, which is there then: else NoSuchKey.
    void make_ready(const KeyReference& key, const std::string& purpose, Action ready);
    /// Then `renewed`, with a new PIN that the person has chosen.
    void renew_pin(const TokenId& token, PinRenewal renewal, Action renewed);
    /// Then `use`, for one operation with the key. A key that asks for the PIN at each use waits for a turn at the
    /// prompt, which lasts until the operation is told; for others the turn is empty. Errors: as above.
    void authorize(const KeyReference& key, const std::string& purpose, std::function<void(Turn)> use);
    /// The end of a job that needs no worker.
    void finish();

    /// Takes the permitted count of each request; files: input and output as the job's packet wants them.
    void send_to_worker(ipc::MessageType type, Bytes payload, std::vector<FileDescriptor> files, uint32_t signers = 0);
    void answer(uint32_t request, ipc::MessageType type, ByteView payload, std::span<const int> descriptors = {});
    void open_permission(ipc::MessageType request) { permissions_.open(request); }

    /// Wraps the end of a private-key operation: audited in any case, then `told`.
    template <class Answer>
    Told<Answer> audited(AuditRecord record, const TokenId& token, Told<Answer> told);
    struct KeyOperation {
        uint32_t request;  ///< of the CMS worker
        KeyReference key;
        std::string purpose;  ///< completes "wants to"
        std::string name;     ///< in the record, with the digest of what was asked
        std::string digest;
        std::function<void(Turn, Told<ipc::Packet>)> send;
    };
    /// An operation that the CMS worker asks for, authorized and audited: a failure ends the job, a result answers the
    /// worker's request. If the token turns out to be logged out it is sent once more after a login.
    void operate(const KeyOperation& operation);

    const JobServices& services() const { return services_; }
    JobFiles& files() { return files_; }
    static uint64_t now();

private:
    void operated(const KeyOperation& operation, const Outcome<ipc::Packet>& outcome);
    void run(const Action& action);
    void take_worker();
    void hand_over(Outcome<CmsWorker> outcome);
    void receive();
    void handle(const ipc::Packet& packet);
    void take_progress(const ipc::Packet& packet);
    void take_finished(const ipc::Packet& packet);
    void give_spool(uint32_t request);
    /// What the prompt tells, at the time that it is asked.
    using Describe = std::function<std::string(const CallerIdentity& caller)>;
    /// Who asks, and for whom: the latter for people only.
    void identify_for_person(Callers::Told told);
    void require_interaction(const std::string& what) const;
    bool wants_consent(const PresentKey& key) const;
    void ask_for_consent(const KeyReference& key, const std::string& purpose, Action go_on);
    bool wants_fresh_pin(const PresentKey& key) const;
    /// Logs out of the key's token, and makes the key ready with a PIN that is typed now.
    void ask_afresh(const PresentKey& key, const std::string& purpose, Action ready);
    void ask_for_pin(const ipc::TokenFound& token, Describe describe, Action ready);
    void tell_if_slow(const KeyReference& key, const std::string& purpose);
    PromptRequest prompt_request(const TokenId& token, std::string description) const;
    void log_in(const TokenId& token, const std::string& description, const Action& ready);
    void end(Outcome<JobResult> outcome);
    void audit_refusal(const Error& why);

    JobServices services_;
    JobId id_;
    JobKind kind_;
    JobOwner owner_;
    JobFiles files_;
    Told<JobResult> ended_;
    std::function<void(const ipc::Progress&)> progressed_;
    bool over_ = false;
    JobState state_ = JobState::Waiting;
    ipc::Progress progress_;
    std::chrono::steady_clock::time_point progress_told_;

    JobPermissions permissions_;
    ipc::MessageType packet_type_ = ipc::MessageType::Done;
    Bytes packet_;
    std::vector<FileDescriptor> packet_files_;
    std::optional<CmsWorker> worker_;
    Watch readable_;
    PromptTicket ticket_;  ///< of a prompt, a turn or a notice
    Watch slow_;
    std::set<KeyReference> needed_;  ///< keys that are to do something yet; an empty KeyId: only the token's login
    std::string audited_key_;
    bool audited_ = false, asked_again_ = false;
};

/// The key that an answer tells of, if it is not known before.
template <class Answer>
std::string new_key_in(const Answer&) {
    return {};
}
inline std::string new_key_in(const ipc::KeyFound& made) { return made.reference.key.value; }

template <class Answer>
Told<Answer> Job::audited(AuditRecord record, const TokenId& token, Told<Answer> told) {
    state_ = JobState::Waiting;
    audited_ = true;
    return [told = std::move(told), record = std::move(record), services = services_, caller = owner_.caller, token,
            use = services_.logins.use(token)](Outcome<Answer> outcome) mutable {
        use.reset();
        if (const auto* error = error_of(outcome)) {
            record.result = error->code();
            services.modules.look_again(token, error->code());
        } else if (record.key.empty()) {
            record.key = new_key_in(std::get<Answer>(outcome));
        }
        services.callers.identify(caller, [record, &audit = services.audit](const CallerIdentity& identity) {
            audit.record(record, identity);
        });
        told(std::move(outcome));
    };
}

}  // namespace cardseal::broker
