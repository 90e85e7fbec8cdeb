// SPDX-License-Identifier: LGPL-2.1-or-later
// RSA encodings of RFC 8017 that are made or undone here instead of on the token.
//
// The two decoders know the length of the key that they look for. Every byte of the block then has its place, so that
// no search is needed and each runs in a time that depends on the sizes alone.
#pragma once

#include "base/secret.hpp"
#include "ipc/algorithms.hpp"

namespace cardseal::token {

/// DER DigestInfo (RFC 8017 §9.2 step 2).
Bytes digest_info(Digest digest, ByteView hash);

/// EMSA-PSS (§9.1.1) with a random salt as long as the hash and MGF1 of the same hash, in a block of the modulus's
/// size.
Bytes encode_pss(Digest digest, ByteView hash, size_t modulus_bits);

/// 0xff for good and 0 for bad, to be used in masks only: whoever branches on it opens a padding oracle.
using Mask = uint8_t;

/// Is `block` the encoding EME-PKCS1-v1_5 (§7.2.2) of a message of exactly `key.size()` bytes? Its last bytes are
/// copied to `key` in any case.
Mask decode_pkcs1(ByteView block, std::span<uint8_t> key);

struct OaepParameters {
    Digest hash;
    Digest mgf_hash;
    ByteView label;
};

/// The same for EME-OAEP (§7.1.2).
Mask decode_oaep(ByteView block, const OaepParameters& parameters, std::span<uint8_t> key);

/// `chosen` where the mask is set, else `other`; both as long as `out`.
void select(Mask mask, ByteView chosen, ByteView other, std::span<uint8_t> out);

/// 0xff if equal; lengths must be.
Mask equal_mask(ByteView left, ByteView right);

}  // namespace cardseal::token
