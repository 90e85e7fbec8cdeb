// SPDX-License-Identifier: LGPL-2.1-or-later
// An encrypt job: its worker gets the content, the recipients' certificates, the sender's own too, and the folders in
// which it finds those of addresses.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

constexpr Milliseconds fresh_enough{1'000};

class EncryptJob final : public Job {
public:
    EncryptJob(const JobServices& services, JobId id, JobOwner owner, EncryptRequest request, JobFiles files)
        : Job(services, id, JobKind::Encrypt, std::move(owner), std::move(files)), request_(std::move(request)) {}

private:
    void prepare() override {
        if (request_.originator == "none") return send({});
        services().modules.refresh(fresh_enough, step([this] { send(originators()); }));
    }

    std::vector<PresentKey> originators() const {
        const auto keys = services().modules.keys();
        if (!request_.originator) return own_keys(keys, now());
        const auto own = select_key(keys, services().modules.tokens(), *request_.originator, Usage::Decrypt, now());
        require_valid(*own.key, now());
        return {own};
    }

    void send(const std::vector<PresentKey>& own) {
        auto certificates = std::move(request_.recipients);
        for (const auto& key : own) certificates.push_back(key.key->certificate);
        const ipc::EncryptJob job{.form = request_.form,
                                  .profile = request_.profile,
                                  .has_cipher = request_.cipher.has_value(),
                                  .has_rsa_transport = request_.rsa_transport.has_value(),
                                  .cipher = request_.cipher.value_or(ContentCipher::Aes256Cbc),
                                  .rsa_transport = request_.rsa_transport.value_or(KeyTransport::Pkcs1),
                                  .origin = files().origin,
                                  .encryption_time = now(),
                                  .originators = static_cast<uint32_t>(own.size()),
                                  .addresses = std::move(request_.addresses),
                                  .input = request_.input,
                                  .header_protection = request_.header_protection};
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(std::move(files().output));
        given.push_back(ipc::make_blob_file("recipients", certificates));
        given.push_back(services().folders.blob_file());
        given.push_back(services().anchors.blob_file());
        given.push_back(services().crls.blob_file());
        send_to_worker(ipc::MessageType::EncryptJob, ipc::encode(job), std::move(given));
    }

    EncryptRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, EncryptRequest request,
                              JobFiles files) {
    return std::make_shared<EncryptJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
