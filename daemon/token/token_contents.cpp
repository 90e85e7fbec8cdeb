// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenContents: the keys of a token, made of the objects that one look at it has seen.
#include "token/token_contents.hpp"

#include <openssl/err.h>

#include <algorithm>

#include "token/certificate_facts.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

TokenContents::TokenContents(TokenId token, SeenObjects seen)
    : token_(std::move(token)), private_keys_(std::move(seen.private_keys)), keys_may_hide_(seen.keys_may_hide) {
    std::vector<X509*> all;
    for (const auto& found : seen.certificates) all.push_back(found.certificate.get());
    for (const auto& found : seen.certificates) learn_certificate(found, all);
    for (auto& found : seen.public_keys) learn_public_key(std::move(found));
    ERR_clear_error();
    std::ranges::stable_sort(keys_found_, std::ranges::greater(), &ipc::KeyFound::not_before);
}

std::shared_ptr<const Key> TokenContents::key(const KeyId& id) const {
    const auto key = keys_.find(id);
    return key == keys_.end() ? nullptr : key->second;
}

std::optional<ipc::KeyFound> TokenContents::describe_key(const FoundCertificate& found, EVP_PKEY* public_key,
                                                         const PrivateKeyObject* object) const {
    // An authority's certificate without a key is here for the chains.
    if (!object && is_authority(found.certificate.get())) return std::nullopt;
    auto facts = certificate_facts(found.certificate.get(), public_key);
    if (!facts) return std::nullopt;
    facts->reference.token = token_;
    facts->label = limited_text(found.label, 256);
    facts->uri = key_uri(token_, found.id, facts->label);
    facts->has_private_key = object || (keys_may_hide_ && !found.id.empty());
    facts->always_authenticate = object && object->always_authenticate;
    return facts;
}

void TokenContents::learn_certificate(const FoundCertificate& found, const std::vector<X509*>& all) {
    PublicKey public_key(X509_get_pubkey(found.certificate.get()));
    const auto type = public_key ? key_type_of(public_key.get()) : std::nullopt;
    if (!type) return;
    const auto* object = object_of(private_keys_, *type, found.id);
    auto facts = describe_key(found, public_key.get(), object);
    if (!facts) return;
    facts->chain = chain_of(found.certificate.get(), all);
    // Several certificates may be for one key (a renewal): the entry whose id leads to the key is the one to keep.
    auto& key = keys_[facts->reference.key];
    if (!key || object)
        key = std::make_shared<const Key>(
            Key{facts->reference.key, *type, found.id, std::move(public_key), facts->curve});
    keys_found_.push_back(std::move(*facts));
}

/// After all certificates: a key that has one is known by it.
void TokenContents::learn_public_key(PublicKeyObject found) {
    auto facts = uncertified_key(token_, found);
    if (!facts || keys_.contains(facts->reference.key)) return;
    const auto* object = object_of(private_keys_, facts->type, found.id);
    if (!object && !keys_may_hide_) return;  // another person's
    facts->always_authenticate = object && object->always_authenticate;
    keys_.emplace(facts->reference.key,
                  std::make_shared<const Key>(
                      Key{facts->reference.key, facts->type, std::move(found.id), std::move(found.key), facts->curve}));
    keys_found_.push_back(std::move(*facts));
}

}  // namespace cardseal::token
