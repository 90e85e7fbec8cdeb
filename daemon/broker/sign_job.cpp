// SPDX-License-Identifier: LGPL-2.1-or-later
// A sign job: finds its keys, makes them ready, and lets its worker have one signature with each.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

using ipc::MessageType;

constexpr const char* purpose = "sign";

/// An Ed25519 key has one digest, whatever is asked for (RFC 8419 §3.1).
Digest digest_of(const ipc::KeyFound& key, const std::optional<Digest>& asked) {
    if (key.type == KeyType::Ed25519) return Digest::Sha512;
    if (asked) return *asked;
    if (key.type != KeyType::Ec || key.bits <= 256) return Digest::Sha256;
    return key.bits <= 384 ? Digest::Sha384 : Digest::Sha512;
}

class SignJob final : public Job {
public:
    SignJob(const JobServices& services, JobId id, JobOwner owner, SignRequest request, JobFiles files)
        : Job(services, id, JobKind::Sign, std::move(owner), std::move(files)), request_(std::move(request)) {}

private:
    struct Signer {
        KeyReference key;
        ipc::SignerSetup setup;
        bool signed_already = false;
    };

    void prepare() override {
        look_up([this] {
            find_signers();
            make_next_ready(0);
        });
    }

    void find_signers() {
        signers_.clear();
        const auto keys = services().modules.keys();
        const auto tokens = services().modules.tokens();
        for (const auto& name : request_.keys) {
            const auto chosen = select_key(keys, tokens, name, Usage::Sign, now());
            require_valid(*chosen.key, now());
            add_signer(*chosen.key, name);
            if (const auto* beside = decryption_key_beside(keys, chosen, now()))
                signers_.back().setup.encryption_certificate = beside->certificate;
        }
    }

    void add_signer(const ipc::KeyFound& key, const std::string& name) {
        for (const auto& other : signers_)
            if (other.key.key == key.reference.key)
                throw Error(ErrorCode::InvalidArgs, "'" + name + "' names a key that is already among the keys");
        const ipc::SignerSetup setup{
            .type = key.type,
            .digest = digest_of(key, request_.digest),
            .padding = key.type == KeyType::Rsa ? request_.padding : SignaturePadding::KeyDefined,
            .certificate = key.certificate,
            .chain = key.chain,
            .encryption_certificate = {}};
        signers_.push_back({key.reference, setup});
    }

    void make_next_ready(size_t index) {
        if (index == signers_.size()) return send();
        make_ready(signers_[index].key, purpose, [this, index] { make_next_ready(index + 1); });
    }

    void send() {
        ipc::SignJob job{.form = request_.form,
                         .detachment = request_.detachment,
                         .input = request_.input,
                         .header_protection = request_.header_protection,
                         .certificates = request_.certificates,
                         .origin = files().origin,
                         .signing_time = now(),
                         .signers = {}};
        for (const auto& signer : signers_) job.signers.push_back(signer.setup);
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(std::move(files().output));
        send_to_worker(MessageType::SignJob, ipc::encode(std::move(job)), std::move(given),
                       static_cast<uint32_t>(signers_.size()));
    }

    void serve(const ipc::Packet& request) override {
        auto asked = ipc::decode<ipc::SignerAttributes>(request.payload);
        auto& signer = permitted(asked);
        signer.signed_already = true;
        operate({.request = request.header.request,
                 .key = signer.key,
                 .purpose = purpose,
                 .name = "sign",
                 .digest = audit_digest(asked.operation.attributes),
                 .send = [this, key = signer.key, operation = asked.operation](Turn turn, Told<ipc::Packet> told) {
                     sign(key, operation, std::move(turn), std::move(told));
                 }});
    }

    void sign(const KeyReference& key, const ipc::SignAttributes& operation, Turn turn, Told<ipc::Packet> told) {
        services().modules.module_of(key.token).worker().sign_attributes(id(), {key, operation, std::move(turn.prompt)},
                                                                         std::move(turn.pinentry), std::move(told));
    }

    Signer& permitted(const ipc::SignerAttributes& asked) {
        if (asked.signer < signers_.size()) {
            auto& signer = signers_[asked.signer];
            if (!signer.signed_already && asked.operation.digest == signer.setup.digest &&
                asked.operation.padding == signer.setup.padding)
                return signer;
        }
        throw Error(ErrorCode::Internal, "the CMS worker asked for something that its job does not permit");
    }

    // It digests what its own caller sends and parses no CMS.
    bool worker_stays_clean() const override { return true; }

    SignRequest request_;
    std::vector<Signer> signers_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, SignRequest request,
                              JobFiles files) {
    return std::make_shared<SignJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
