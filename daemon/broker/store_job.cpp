// SPDX-License-Identifier: LGPL-2.1-or-later
// A store job: puts a certificate beside its key. A token worker reads the file, and says which keys it is for.
#include <algorithm>

#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* purpose = "store a certificate on the token";

class StoreJob final : public Job {
public:
    StoreJob(const JobServices& services, JobId id, JobOwner owner, StoreCertificateRequest request)
        : Job(services, id, JobKind::StoreCertificate, std::move(owner), {}), request_(std::move(request)) {}

private:
    void prepare() override {
        look_up([this] {
            const auto tokens = services().modules.tokens();
            if (request_.token.empty()) return read_file(any_token(tokens));
            token_ = select_token(tokens, request_.token).id;
            // Some keys show after login only.
            make_ready(*token_, purpose, [this] { read_file(*token_); });
        });
    }

    static TokenId any_token(const std::vector<const ipc::TokenFound*>& tokens) {
        if (tokens.empty()) throw Error(ErrorCode::TokenAbsent, "no token is present");
        return tokens.front()->id;
    }

    /// By the worker of this token's module, as well as by any other.
    void read_file(const TokenId& token) {
        services().modules.module_of(token).worker().read_certificate_file(
            {request_.file}, step([this](Outcome<ipc::CertificateFileRead> outcome) {
                if (const auto* error = error_of(outcome)) throw Error(*error);
                look_up([this, keys = std::get<ipc::CertificateFileRead>(outcome).keys] { choose(keys); });
            }));
    }

    void choose(const std::vector<KeyId>& keys) {
        const auto fits = [&](const PresentKey& present) {
            const auto& reference = present.key->reference;
            return std::ranges::find(keys, reference.key) != keys.end() && (!token_ || reference.token == *token_);
        };
        const auto chosen = only_key_that(services().modules.keys(), fits);
        key_ = chosen.key->reference;
        label_ = request_.label.empty() ? chosen.key->label : request_.label;
        make_ready(key_, purpose, [this] { store(); });
    }

    void store() {
        services()
            .modules.module_of(key_.token)
            .worker()
            .store_certificate({key_.token, key_.key, label_, request_.file},
                               step([this](Outcome<ipc::CertificateStored> outcome) {
                                   // In part, if it failed.
                                   services().modules.look_again(key_.token, ErrorCode::None);
                                   if (const auto* error = error_of(outcome)) throw Error(*error);
                                   stored_ = std::get<ipc::CertificateStored>(std::move(outcome));
                                   // Who is told of the certificate finds it.
                                   services().modules.refresh(Milliseconds(0), step([this] { finish(); }));
                               }));
    }

    void complete(JobResult& result) override {
        result.key = key_.key.value;
        result.stored = std::move(stored_);
        if (const auto* token = services().modules.find_token(key_.token)) result.token = token->label;
    }

    StoreCertificateRequest request_;
    std::optional<TokenId> token_;
    KeyReference key_;
    std::string label_;
    ipc::CertificateStored stored_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, StoreCertificateRequest request,
                              JobFiles) {
    return std::make_shared<StoreJob>(services, id, std::move(owner), std::move(request));
}

}  // namespace cardseal::broker
