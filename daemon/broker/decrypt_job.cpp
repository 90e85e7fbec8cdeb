// SPDX-License-Identifier: LGPL-2.1-or-later
// A decrypt job: its worker reads the message and names the recipients; one of them is chosen, once.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

using ipc::MessageType;

constexpr const char* purpose = "decrypt a message";

class DecryptJob final : public Job {
public:
    DecryptJob(const JobServices& services, JobId id, JobOwner owner, DecryptRequest request, JobFiles files)
        : Job(services, id, JobKind::Decrypt, std::move(owner), std::move(files)), request_(std::move(request)) {}

private:
    void prepare() override {
        if (!request_.key) return send();
        look_up([this] {
            const auto chosen = select_key(services().modules.keys(), services().modules.tokens(), *request_.key,
                                           Usage::Decrypt, now());
            only_key_ = chosen.key->reference.key;
            send();
        });
    }

    void send() {
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(std::move(files().output));
        const ipc::DecryptJob job{request_.form, files().origin, request_.part};
        send_to_worker(MessageType::DecryptJob, ipc::encode(job), std::move(given));
    }

    void serve(const ipc::Packet& request) override {
        switch (request.header.type) {
            case MessageType::ChooseRecipient:
                return choose(request);
            case MessageType::UnwrapContentKey:
                return unwrap(request);
            case MessageType::AgreeKey:
                return agree(request);
            default:
                return Job::serve(request);
        }
    }

    void choose(const ipc::Packet& request) {
        const auto recipients = ipc::decode<ipc::ChooseRecipient>(request.payload).recipients;
        look_up([this, recipients, number = request.header.request] {
            auto keys = services().modules.keys();
            if (only_key_)
                std::erase_if(keys, [&](const PresentKey& key) { return key.key->reference.key != *only_key_; });
            const auto choice = choose_recipient(keys, recipients);
            const ipc::ChosenRecipient chosen{choice.index, choice.key.key->type, choice.key.key->certificate};
            key_ = choice.key.key->reference;
            certificate_ = chosen.certificate;
            if (auto note = validity_note(*choice.key.key, now()); !note.empty()) notes_.push_back(std::move(note));
            make_ready(*key_, purpose, [this, number, chosen] { permit(number, chosen); });
        });
    }

    void permit(uint32_t request, const ipc::ChosenRecipient& chosen) {
        open_permission(chosen.type == KeyType::Rsa ? MessageType::UnwrapContentKey : MessageType::AgreeKey);
        answer(request, MessageType::ChosenRecipient, ipc::encode(chosen));
    }

    void unwrap(const ipc::Packet& request) {
        const auto asked = ipc::decode<ipc::UnwrapContentKey>(request.payload);
        operate({.request = request.header.request,
                 .key = *key_,
                 .purpose = purpose,
                 .name = "unwrap",
                 .digest = audit_digest(asked.ciphertext),
                 .send = [this, asked](Turn turn, Told<ipc::Packet> told) {
                     worker().unwrap_content_key(id(), {*key_, asked, std::move(turn.prompt)}, std::move(turn.pinentry),
                                                 std::move(told));
                 }});
    }

    void agree(const ipc::Packet& request) {
        const auto asked = ipc::decode<ipc::AgreeKey>(request.payload);
        operate({.request = request.header.request,
                 .key = *key_,
                 .purpose = purpose,
                 .name = "agree",
                 .digest = audit_digest(asked.ephemeral_point),
                 .send = [this, asked](Turn turn, Told<ipc::Packet> told) {
                     worker().agree_key(id(), {*key_, asked, std::move(turn.prompt)}, std::move(turn.pinentry),
                                        std::move(told));
                 }});
    }

    TokenWorker& worker() const { return services().modules.module_of(key_->token).worker(); }

    std::string key_used() const override { return key_ ? key_->key.value : ""; }
    void complete(JobResult& result) override {
        result.notes = notes_;
        result.certificate = certificate_;
    }

    DecryptRequest request_;
    std::optional<KeyId> only_key_;
    std::optional<KeyReference> key_;
    Bytes certificate_;
    std::vector<std::string> notes_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, DecryptRequest request,
                              JobFiles files) {
    return std::make_shared<DecryptJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
