// SPDX-License-Identifier: LGPL-2.1-or-later
// Key pairs with certificates of one small authority, made once for the whole suite because RSA keys take their time.
#pragma once

#include <string>

#include "token/openssl.hpp"

namespace cardseal::token {

struct TestKey {
    PublicKey key;  ///< with its private part
    Certificate certificate;
};

/// "rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521", "ed25519"; other names with a suffix after '-' ("p256-b")
/// are further keys of that kind. "authority" is the authority's own.
const TestKey& test_key(const std::string& name);

}  // namespace cardseal::token
