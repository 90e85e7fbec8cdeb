// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenContents: the keys of a token, made of the objects that one look at it has seen.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "token/certificates.hpp"
#include "token/key.hpp"
#include "token/private_key_objects.hpp"
#include "token/public_key_objects.hpp"

namespace cardseal::token {

struct SeenObjects {
    std::vector<FoundCertificate> certificates;
    std::vector<PublicKeyObject> public_keys;
    std::vector<PrivateKeyObject> private_keys;
    /// Are further private keys invisible because nobody has logged in?
    bool keys_may_hide = false;
};

class TokenContents {
public:
    TokenContents(TokenId token, SeenObjects seen);

    /// The youngest certificate first.
    const std::vector<ipc::KeyFound>& keys_found() const { return keys_found_; }
    /// Null if no certificate on this token has it, and no key without one.
    std::shared_ptr<const Key> key(const KeyId& id) const;

private:
    std::optional<ipc::KeyFound> describe_key(const FoundCertificate& found, EVP_PKEY* public_key,
                                              const PrivateKeyObject* object) const;
    void learn_certificate(const FoundCertificate& found, const std::vector<X509*>& all);
    void learn_public_key(PublicKeyObject found);

    const TokenId token_;
    const std::vector<PrivateKeyObject> private_keys_;
    const bool keys_may_hide_;
    std::map<KeyId, std::shared_ptr<const Key>> keys_;
    std::vector<ipc::KeyFound> keys_found_;
};

}  // namespace cardseal::token
