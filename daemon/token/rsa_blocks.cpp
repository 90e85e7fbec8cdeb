// SPDX-License-Identifier: LGPL-2.1-or-later
// RSA encodings of RFC 8017.
#include "token/rsa_blocks.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "token/openssl.hpp"

namespace cardseal::token {

namespace {

/// RFC 8017 §9.2 note 1.
ByteView digest_info_prefix(Digest digest) {
    static constexpr uint8_t sha1[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                       0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
    static constexpr uint8_t sha256[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                         0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    static constexpr uint8_t sha384[] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                         0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
    static constexpr uint8_t sha512[] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                         0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};
    switch (digest) {
        case Digest::Sha1:
            return sha1;
        case Digest::Sha256:
            return sha256;
        case Digest::Sha384:
            return sha384;
        case Digest::Sha512:
            return sha512;
        case Digest::Sha224:
            break;  // nothing is signed with it
    }
    throw Error(ErrorCode::Internal, "digest out of range");
}

/// XORs MGF1 (RFC 8017 §B.2.1) of the seed into `target`.
void apply_mgf1(Digest hash, ByteView seed, std::span<uint8_t> target) {
    const auto size = digest_size(hash);
    Secret input(seed.size() + 4);
    std::ranges::copy(seed, input.reveal().begin());
    Secret mask(size);
    uint32_t counter = 0;
    for (size_t offset = 0; offset < target.size(); offset += size, ++counter) {
        for (size_t i = 0; i < 4; ++i) input.reveal()[seed.size() + i] = static_cast<uint8_t>(counter >> (24 - 8 * i));
        if (EVP_Digest(input.reveal().data(), input.size(), mask.reveal().data(), nullptr, openssl_digest(hash),
                       nullptr) != 1)
            throw openssl_error(ErrorCode::Internal, "cannot compute a mask");
        const auto count = std::min(size, target.size() - offset);
        for (size_t i = 0; i < count; ++i) target[offset + i] ^= mask.reveal()[i];
    }
}

/// 0xff if the byte (nothing larger) is 0, without a branch.
Mask zero_mask(uint32_t byte) { return static_cast<Mask>((byte - 1) >> 8); }

}  // namespace

Bytes digest_info(Digest digest, ByteView hash) {
    auto info = to_bytes(digest_info_prefix(digest));
    info.insert(info.end(), hash.begin(), hash.end());
    return info;
}

Bytes encode_pss(Digest digest, ByteView hash, size_t modulus_bits) {
    const auto hash_size = digest_size(digest);
    const auto encoded_bits = modulus_bits - 1;
    const auto encoded_size = (encoded_bits + 7) / 8;
    if (encoded_size < 2 * hash_size + 2) throw Error(ErrorCode::InvalidArgs, "the key is too small for the digest");
    std::array<uint8_t, 64> salt_buffer;
    const std::span<uint8_t> salt(salt_buffer.data(), hash_size);
    if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot make a salt");

    Bytes to_hash(8, 0);
    to_hash.insert(to_hash.end(), hash.begin(), hash.end());
    to_hash.insert(to_hash.end(), salt.begin(), salt.end());
    const auto outer_hash = digest_of(digest, to_hash);

    // A modulus of 8n + 1 bits has a block one byte longer than the encoding: it stays 0 in front.
    Bytes block((modulus_bits + 7) / 8, 0);
    const auto encoded = std::span<uint8_t>(block).last(encoded_size);
    const auto masked = encoded.first(encoded_size - hash_size - 1);
    masked[masked.size() - hash_size - 1] = 0x01;
    std::ranges::copy(salt, masked.end() - static_cast<ptrdiff_t>(hash_size));
    apply_mgf1(digest, outer_hash, masked);
    masked[0] &= static_cast<uint8_t>(0xff >> (8 * encoded_size - encoded_bits));
    std::ranges::copy(outer_hash, masked.end());
    encoded.back() = 0xbc;
    return block;
}

Mask equal_mask(ByteView left, ByteView right) {
    uint32_t difference = 0;
    for (size_t i = 0; i < left.size(); ++i) difference |= static_cast<uint32_t>(left[i] ^ right[i]);
    return zero_mask(difference);
}

void select(Mask mask, ByteView chosen, ByteView other, std::span<uint8_t> out) {
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<uint8_t>((chosen[i] & mask) | (other[i] & static_cast<uint8_t>(~mask)));
}

Mask decode_pkcs1(ByteView block, std::span<uint8_t> key) {
    // 00 02 PS 00 M, PS at least eight bytes other than 0
    if (block.size() < key.size() + 11) throw Error(ErrorCode::InvalidArgs, "the key is too small for its content");
    const auto separator = block.size() - key.size() - 1;
    Mask good = zero_mask(block[0]) & zero_mask(block[1] ^ 0x02U) & zero_mask(block[separator]);
    for (size_t i = 2; i < separator; ++i) good &= static_cast<Mask>(~zero_mask(block[i]));
    std::ranges::copy(block.subspan(separator + 1), key.begin());
    return good;
}

Mask decode_oaep(ByteView block, const OaepParameters& parameters, std::span<uint8_t> key) {
    // 00 maskedSeed maskedDB; DB = lHash 00.. 01 M
    const auto hash_size = digest_size(parameters.hash);
    if (block.size() < 2 * hash_size + 2 + key.size())
        throw Error(ErrorCode::InvalidArgs, "the key is too small for its content");
    auto copy = Secret::copy_of(block);
    const auto seed = copy.reveal().subspan(1, hash_size);
    const auto data = copy.reveal().subspan(1 + hash_size);
    apply_mgf1(parameters.mgf_hash, data, seed);
    apply_mgf1(parameters.mgf_hash, seed, data);

    const auto label_hash = digest_of(parameters.hash, parameters.label);
    const auto separator = data.size() - key.size() - 1;
    Mask good =
        zero_mask(block[0]) & equal_mask(data.first(hash_size), label_hash) & zero_mask(data[separator] ^ 0x01U);
    for (size_t i = hash_size; i < separator; ++i) good &= zero_mask(data[i]);
    std::ranges::copy(data.subspan(separator + 1), key.begin());
    return good;
}

}  // namespace cardseal::token
