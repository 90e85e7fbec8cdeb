// SPDX-License-Identifier: LGPL-2.1-or-later
// What the rest of the daemon wants to know of a certificate.
#include "token/certificate_facts.hpp"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "token/public_keys.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

namespace {

/// With all else that a KeyFound may hold it stays below a packet's limit.
constexpr size_t max_chain_size = 64 * 1024;

Bytes number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot read a public key");
    const Owned<BIGNUM, BN_free> owner(number);
    Bytes bytes(static_cast<size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    return bytes;
}

PublicKey plain_rsa_key(EVP_PKEY* key) {
    auto plain = rsa_public_key(number_of(key, OSSL_PKEY_PARAM_RSA_N), number_of(key, OSSL_PKEY_PARAM_RSA_E));
    if (!plain) throw openssl_error(ErrorCode::Internal, "cannot make a public key");
    return plain;
}

PublicKey uncompressed_ec_key(EVP_PKEY* key) {
    PublicKey copy(EVP_PKEY_dup(key));
    if (!copy ||
        EVP_PKEY_set_utf8_string_param(copy.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1 ||
        EVP_PKEY_set_utf8_string_param(copy.get(), OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_GROUP) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot make a public key canonical");
    return copy;
}

std::string curve_of(EVP_PKEY* key) {
    char name[64] = "";
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, nullptr) != 1) return {};
    return name;
}

/// RFC 5280 §4.2.1.3; OpenSSL answers with all bits when the extension is absent.
void read_key_usage(ipc::KeyFound& facts, X509* certificate, EVP_PKEY* key) {
    const auto usage = X509_get_key_usage(certificate);
    const bool only_pss = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
    facts.may_sign = facts.type != KeyType::X25519 && (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION));
    if (facts.type == KeyType::Rsa) facts.may_decrypt = !only_pss && (usage & KU_KEY_ENCIPHERMENT);
    if (facts.type == KeyType::Ec || facts.type == KeyType::X25519) facts.may_decrypt = usage & KU_KEY_AGREEMENT;
}

std::array<uint8_t, 32> issuer_serial_digest(X509* certificate) {
    auto content = encoded_by(i2d_X509_NAME, X509_get_issuer_name(certificate));
    const auto serial = encoded_by(i2d_ASN1_INTEGER, X509_get0_serialNumber(certificate));
    content.insert(content.end(), serial.begin(), serial.end());
    const auto size = static_cast<int>(content.size());
    Bytes sequence(static_cast<size_t>(ASN1_object_size(1, size, V_ASN1_SEQUENCE)));
    auto* position = sequence.data();
    ASN1_put_object(&position, 1, size, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
    std::ranges::copy(content, position);
    std::array<uint8_t, 32> digest{};
    std::ranges::copy(digest_of(Digest::Sha256, sequence), digest.begin());
    return digest;
}

/// A value longer than a message may hold is worth nothing as an identifier.
Bytes subject_key_identifier(X509* certificate) {
    const auto* identifier = X509_get0_subject_key_id(certificate);
    if (!identifier || ASN1_STRING_length(identifier) > 256) return {};
    const auto* data = ASN1_STRING_get0_data(identifier);
    return {data, data + ASN1_STRING_length(identifier)};
}

std::string subject_text(X509* certificate) {
    const Owned<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    // RFC 2253 escapes control characters; without ESC_MSB it leaves UTF-8 readable.
    const auto flags =
        (XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) | ASN1_STRFLGS_UTF8_CONVERT;
    if (!memory || X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, flags) < 0)
        throw openssl_error(ErrorCode::Internal, "cannot print a name");
    const char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return limited_text(clean_text(bytes_of({text, static_cast<size_t>(size)})), 4096);
}

/// An address with anything but printable ASCII is not one (RFC 5280 §4.2.1.6): never cut it at a NUL.
void add_address(std::vector<std::string>& addresses, const ASN1_STRING* value) {
    const ByteView bytes(ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value)));
    const bool printable = std::ranges::all_of(bytes, [](uint8_t byte) { return byte > 0x20 && byte < 0x7f; });
    std::string address(text_of(bytes));
    if (bytes.empty() || bytes.size() > 512 || !printable || addresses.size() == 64) return;
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(std::move(address));
}

std::vector<std::string> addresses_of(X509* certificate) {
    std::vector<std::string> addresses;
    const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_EMAIL) add_address(addresses, name->d.rfc822Name);
    }
    const auto* subject = X509_get_subject_name(certificate);
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, i)) >= 0;)
        add_address(addresses, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
    return addresses;
}

uint64_t seconds_of(const ASN1_TIME* time) {
    tm broken_down{};
    if (ASN1_TIME_to_tm(time, &broken_down) != 1) throw openssl_error(ErrorCode::Internal, "cannot read a time");
    return static_cast<uint64_t>(std::max<time_t>(timegm(&broken_down), 0));
}

}  // namespace

std::optional<KeyType> key_type_of(EVP_PKEY* public_key) {
    switch (EVP_PKEY_get_base_id(public_key)) {
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS:
            return KeyType::Rsa;
        case EVP_PKEY_EC:
            return KeyType::Ec;
        case EVP_PKEY_ED25519:
            return KeyType::Ed25519;
        case EVP_PKEY_X25519:
            return KeyType::X25519;
        default:
            return std::nullopt;
    }
}

KeyId key_id_of(EVP_PKEY* public_key) {
    PublicKey canonical;
    if (EVP_PKEY_get_base_id(public_key) == EVP_PKEY_RSA_PSS) canonical = plain_rsa_key(public_key);
    if (EVP_PKEY_get_base_id(public_key) == EVP_PKEY_EC) canonical = uncompressed_ec_key(public_key);
    const auto encoded = encoded_by(i2d_PUBKEY, canonical ? canonical.get() : public_key);
    return {"sha256:" + hex(digest_of(Digest::Sha256, encoded))};
}

Bytes der_of(X509* certificate) { return encoded_by(i2d_X509, certificate); }

bool is_authority(X509* certificate) { return X509_get_extension_flags(certificate) & EXFLAG_CA; }

std::optional<ipc::KeyFound> public_key_facts(EVP_PKEY* public_key) {
    const auto type = key_type_of(public_key);
    if (!type) return std::nullopt;
    ipc::KeyFound facts;
    facts.reference.key = key_id_of(public_key);
    facts.type = *type;
    facts.bits = static_cast<uint32_t>(EVP_PKEY_get_bits(public_key));
    if (*type == KeyType::Ec) facts.curve = curve_of(public_key);
    return facts;
}

std::optional<ipc::KeyFound> certificate_facts(X509* certificate, EVP_PKEY* public_key) {
    auto encoded = der_of(certificate);
    auto found = encoded.size() > ipc::max_certificate ? std::nullopt : public_key_facts(public_key);
    if (!found) return std::nullopt;
    auto& facts = *found;
    read_key_usage(facts, certificate, public_key);
    facts.fingerprint = hex(digest_of(Digest::Sha256, encoded));
    facts.certificate = std::move(encoded);
    facts.issuer_serial = issuer_serial_digest(certificate);
    facts.subject_key_identifier = subject_key_identifier(certificate);
    facts.subject = subject_text(certificate);
    facts.addresses = addresses_of(certificate);
    facts.not_before = seconds_of(X509_get0_notBefore(certificate));
    facts.not_after = seconds_of(X509_get0_notAfter(certificate));
    return found;
}

std::vector<Bytes> chain_of(X509* certificate, const std::vector<X509*>& others) {
    std::vector<Bytes> chain;
    size_t size = 0;
    for (X509* last = certificate; chain.size() < ipc::max_chain;) {
        // A certificate that issued itself is a root and ends the chain.
        if (X509_check_issued(last, last) == X509_V_OK) break;
        const auto issuer =
            std::ranges::find_if(others, [&](X509* other) { return X509_check_issued(other, last) == X509_V_OK; });
        if (issuer == others.end()) break;
        auto encoded = der_of(*issuer);
        size += encoded.size();
        if (size > max_chain_size || encoded.size() > ipc::max_certificate) break;
        if (std::ranges::find(chain, encoded) != chain.end()) break;
        chain.push_back(std::move(encoded));
        last = *issuer;
    }
    return chain;
}

}  // namespace cardseal::token
