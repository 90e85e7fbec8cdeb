// SPDX-License-Identifier: LGPL-2.1-or-later
// What OpenSSL's own CMS code makes and reads, to compare with. In tests only.
#pragma once

#include <openssl/cms.h>
#include <optional>

#include "test_pki.hpp"

namespace cardseal::cms::test {

struct OracleSigner {
    const Identity* identity;
    const EVP_MD* digest = EVP_sha256();
    bool pss = false;
    unsigned flags = 0;  ///< of CMS_add1_signer
};

/// DER SignedData over `content`. `flags`: CMS_DETACHED, CMS_STREAM and so on; CMS_BINARY is always set.
Bytes oracle_sign(const std::vector<OracleSigner>& signers, ByteView content, unsigned flags = 0,
                  const char* content_type = nullptr);

/// Whether CMS_verify accepts it with that CA; detached content if given.
bool oracle_verifies(ByteView message, const Certificate& ca, std::optional<ByteView> content = std::nullopt);

}  // namespace cardseal::cms::test
