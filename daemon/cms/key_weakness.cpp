// SPDX-License-Identifier: LGPL-2.1-or-later
// Which public keys are refused (RFC 8551 §4.2 to §4.5, §6).
#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "cms/certificate.hpp"

namespace cardseal::cms {

namespace {

constexpr int smallest_rsa = 2048, largest_rsa = 8192, smallest_curve = 224;
constexpr int breakable_rsa = 1024;      ///< below it RFC 8551 §6 wants a warning
constexpr int largest_usual_rsa = 4096;  ///< above it nobody must verify or encrypt

using NumberPointer = Owned<BIGNUM, BN_free>;

bool has_sane_exponent(EVP_PKEY* key) {
    BIGNUM* number = nullptr;
    const bool found = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) == 1;
    const NumberPointer exponent(number);
    return found && BN_is_odd(number) && !BN_is_one(number) && BN_num_bits(number) <= 64;
}

std::string rsa_weakness(EVP_PKEY* key) {
    const auto bits = EVP_PKEY_get_bits(key);
    if (bits < breakable_rsa)
        return "an RSA key of " + std::to_string(bits) + " bits can be broken by anyone, its signatures say nothing";
    if (bits < smallest_rsa) return "an RSA key of " + std::to_string(bits) + " bits is too weak";
    if (bits > largest_rsa) return "an RSA key of " + std::to_string(bits) + " bits is too large";
    if (!has_sane_exponent(key)) return "the RSA key's exponent is not usable";
    return {};
}

}  // namespace

std::string key_weakness(EVP_PKEY* key) {
    if (!key) return "the certificate's key cannot be read";
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS:
            return rsa_weakness(key);
        case EVP_PKEY_EC:
            if (EVP_PKEY_get_bits(key) < smallest_curve) return "the key's elliptic curve is too small";
            return {};
        case EVP_PKEY_ED25519:
        case EVP_PKEY_X25519:
            return {};
        default:
            return "keys of this type are not supported";
    }
}

std::string key_remark(EVP_PKEY* key) {
    const auto algorithm = key_algorithm(key);
    if (!algorithm.starts_with("rsa") || EVP_PKEY_get_bits(key) <= largest_usual_rsa) return {};
    return "an RSA key of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits is larger than other programs accept";
}

std::string key_algorithm(EVP_PKEY* key) {
    switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
        case EVP_PKEY_RSA:
            return "rsa";
        case EVP_PKEY_RSA_PSS:
            return "rsa-pss";
        case EVP_PKEY_EC:
            return "ec";
        case EVP_PKEY_ED25519:
            return "ed25519";
        case EVP_PKEY_X25519:
            return "x25519";
        default:
            return {};
    }
}

}  // namespace cardseal::cms
