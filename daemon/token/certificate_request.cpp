// SPDX-License-Identifier: LGPL-2.1-or-later
// CertificateRequest: a PKCS#10 request (RFC 2986) made out of checked fields.
#include "token/certificate_request.hpp"

#include <openssl/x509v3.h>

#include <algorithm>

#include "token/token_text.hpp"

namespace cardseal::token {

namespace {

using BitString = Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using GeneralName = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using GeneralNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Purposes = Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;

struct FreeExtensions {
    void operator()(STACK_OF(X509_EXTENSION) * extensions) const {
        sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    }
};
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions>;

constexpr size_t longest_local_part = 64;                  // RFC 5321 §4.5.3.1.1
constexpr size_t longest_address = 254;                    // §4.5.3.1.3, with its angle brackets
constexpr size_t longest_common_name = 64;                 // characters: ub-common-name of RFC 5280 appendix A.1
constexpr const char* utf8_mailbox = "1.3.6.1.5.5.7.8.9";  // id-on-SmtpUTF8Mailbox (RFC 9598 §3)

// Bits of keyUsage (RFC 5280 §4.2.1.3).
constexpr int digital_signature = 0, key_encipherment = 2, key_agreement = 4;

void require(bool done) {
    if (!done) throw openssl_error(ErrorCode::Internal, "cannot make a certificate request");
}

void check(bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::InvalidArgs, "cannot request a certificate: " + what);
}

/// No character that ends an address in a mail's header, or needs quotes in it.
bool is_local_part(std::string_view text) {
    return !text.empty() && text.size() <= longest_local_part && text.find_first_of(" ()<>[]:;@\\,\"") == text.npos;
}

/// A domain is in ASCII (RFC 9598 §3: A-labels).
bool is_domain(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' && std::ranges::all_of(text, [](char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
               (character >= '0' && character <= '9') || character == '-' || character == '.';
    });
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char character) { return static_cast<unsigned char>(character) < 0x80; });
}

void check_address(const std::string& address) {
    const auto at = address.rfind('@');
    const bool clean = clean_text(bytes_of(address)) == address && address.size() <= longest_address;
    check(clean && at != address.npos && is_local_part(std::string_view(address).substr(0, at)) &&
              is_domain(std::string_view(address).substr(at + 1)),
          "'" + limited_text(clean_text(bytes_of(address)), longest_address) +
              "' is no address (its domain must be in ASCII, as xn--...)");
}

/// rfc822Name, or SmtpUTF8Mailbox where the local part needs it.
GeneralName name_of(const std::string& address) {
    GeneralName name(GENERAL_NAME_new());
    Owned<ASN1_STRING, ASN1_STRING_free> text(
        ASN1_STRING_type_new(is_ascii(address) ? V_ASN1_IA5STRING : V_ASN1_UTF8STRING));
    require(name && text && ASN1_STRING_set(text.get(), address.data(), static_cast<int>(address.size())) == 1);
    if (is_ascii(address)) {
        GENERAL_NAME_set0_value(name.get(), GEN_EMAIL, text.release());
        return name;
    }
    Owned<ASN1_TYPE, ASN1_TYPE_free> value(ASN1_TYPE_new());
    require(value != nullptr);
    ASN1_TYPE_set(value.get(), V_ASN1_UTF8STRING, text.release());
    require(GENERAL_NAME_set0_othername(name.get(), OBJ_txt2obj(utf8_mailbox, 1), value.get()) == 1);
    (void)value.release();
    return name;
}

enum class Critical { No, Yes };

void add_extension(Extensions& extensions, int kind, void* value, Critical critical) {
    auto* stack = extensions.release();
    const auto added = X509V3_add1_i2d(&stack, kind, value, critical == Critical::Yes ? 1 : 0, X509V3_ADD_DEFAULT);
    extensions.reset(stack);
    require(added == 1);
}

void add_addresses(Extensions& extensions, const std::vector<std::string>& addresses, Critical critical) {
    const GeneralNames names(GENERAL_NAMES_new());
    require(names != nullptr);
    for (const auto& address : addresses) {
        auto name = name_of(address);
        require(sk_GENERAL_NAME_push(names.get(), name.get()) > 0);
        (void)name.release();
    }
    add_extension(extensions, NID_subject_alt_name, names.get(), critical);
}

void add_key_usage(Extensions& extensions, const Key& key, ipc::CertificateUse use) {
    const bool encrypts = key.type == KeyType::Rsa || key.type == KeyType::Ec;
    check(encrypts || use == ipc::CertificateUse::Default || use == ipc::CertificateUse::Sign,
          "the key cannot decrypt");
    const BitString usage(ASN1_BIT_STRING_new());
    require(usage != nullptr);
    if (use != ipc::CertificateUse::Encrypt) require(ASN1_BIT_STRING_set_bit(usage.get(), digital_signature, 1) == 1);
    if (encrypts && use != ipc::CertificateUse::Sign)
        require(ASN1_BIT_STRING_set_bit(usage.get(), key.type == KeyType::Rsa ? key_encipherment : key_agreement, 1) ==
                1);
    add_extension(extensions, NID_key_usage, usage.get(), Critical::Yes);
}

void add_purpose(Extensions& extensions) {
    const Purposes purposes(EXTENDED_KEY_USAGE_new());
    require(purposes && sk_ASN1_OBJECT_push(purposes.get(), OBJ_nid2obj(NID_email_protect)) > 0);
    add_extension(extensions, NID_ext_key_usage, purposes.get(), Critical::No);
}

/// The subject's one attribute, or none if what there is does not fit.
std::string common_name(const ipc::SignCertificateRequest& fields) {
    if (fields.name.empty())
        return fields.addresses.front().size() <= longest_common_name ? fields.addresses.front() : "";
    check(clean_text(bytes_of(fields.name)) == fields.name, "the name has a control character");
    const auto characters =
        std::ranges::count_if(fields.name, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; });
    check(static_cast<size_t>(characters) <= longest_common_name, "the name is longer than 64 characters");
    return fields.name;
}

/// ECDSA: that of the curve's size.
Digest digest_for(const Key& key) {
    const int bits = key.type == KeyType::Ec ? EVP_PKEY_get_bits(key.public_key.get()) : 0;
    if (bits > 384) return Digest::Sha512;
    return bits > 256 ? Digest::Sha384 : Digest::Sha256;
}

int algorithm_for(const Key& key) {
    if (EVP_PKEY_get_base_id(key.public_key.get()) == EVP_PKEY_RSA) return NID_sha256WithRSAEncryption;
    if (key.type == KeyType::Ed25519) return NID_ED25519;
    if (key.type != KeyType::Ec)
        throw Error(ErrorCode::UnsupportedAlgorithm,
                    "cannot request a certificate: a key of this kind signs no request");
    switch (digest_for(key)) {
        case Digest::Sha512:
            return NID_ecdsa_with_SHA512;
        case Digest::Sha384:
            return NID_ecdsa_with_SHA384;
        default:
            return NID_ecdsa_with_SHA256;
    }
}

}  // namespace

CertificateRequest::CertificateRequest(const Key& key, const ipc::SignCertificateRequest& fields)
    : request_(X509_REQ_new()), digest_(digest_for(key)), algorithm_(algorithm_for(key)) {
    check(!fields.addresses.empty(), "there is no address");
    std::ranges::for_each(fields.addresses, check_address);
    const auto name = common_name(fields);
    require(request_ && X509_REQ_set_version(request_.get(), X509_REQ_VERSION_1) == 1 &&
            X509_REQ_set_pubkey(request_.get(), key.public_key.get()) == 1);
    if (!name.empty())
        require(X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request_.get()), NID_commonName, MBSTRING_UTF8,
                                           reinterpret_cast<const uint8_t*>(name.data()), static_cast<int>(name.size()),
                                           -1, 0) == 1);
    Extensions extensions;
    // Without a subject the addresses are the name (RFC 5280 §4.2.1.6).
    add_addresses(extensions, fields.addresses, name.empty() ? Critical::Yes : Critical::No);
    add_key_usage(extensions, key, fields.use);
    add_purpose(extensions);
    require(X509_REQ_add_extensions(request_.get(), extensions.get()) == 1);
    information_ = encoded_by(i2d_re_X509_REQ_tbs, request_.get());
}

Bytes CertificateRequest::with_signature(ByteView signature) {
    const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
    const int parameters = algorithm_ == NID_sha256WithRSAEncryption ? V_ASN1_NULL : V_ASN1_UNDEF;
    BitString bits(ASN1_BIT_STRING_new());
    require(algorithm && bits && X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(algorithm_), parameters, nullptr) == 1 &&
            X509_REQ_set1_signature_algo(request_.get(), algorithm.get()) == 1 &&
            ASN1_BIT_STRING_set(bits.get(), const_cast<uint8_t*>(signature.data()),
                                static_cast<int>(signature.size())) == 1);
    // All octets count, also those whose last bits are zero.
    bits->flags = (bits->flags & ~0x07L) | ASN1_STRING_FLAG_BITS_LEFT;
    X509_REQ_set0_signature(request_.get(), bits.release());
    if (X509_REQ_verify(request_.get(), X509_REQ_get0_pubkey(request_.get())) != 1)
        throw openssl_error(ErrorCode::ModuleFailed, "the token's signature does not verify with its own key");
    return encoded_by(i2d_X509_REQ, request_.get());
}

}  // namespace cardseal::token
