// SPDX-License-Identifier: LGPL-2.1-or-later
// Digest and signature algorithms as CMS names them (RFC 3370, 4056, 5754, 8419).
#include "cms/signature_algorithm.hpp"

#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <array>

namespace cardseal::cms {

namespace {

using PssPointer = Owned<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>;

constexpr int sha1_size = 20;

struct DigestEntry {
    Digest digest;
    int nid, rsa_nid, ecdsa_nid;
    const char* name;
};

constexpr auto digest_table = std::to_array<DigestEntry>({
    {Digest::Sha1, NID_sha1, NID_sha1WithRSAEncryption, NID_ecdsa_with_SHA1, "sha1"},
    {Digest::Sha256, NID_sha256, NID_sha256WithRSAEncryption, NID_ecdsa_with_SHA256, "sha256"},
    {Digest::Sha384, NID_sha384, NID_sha384WithRSAEncryption, NID_ecdsa_with_SHA384, "sha384"},
    {Digest::Sha512, NID_sha512, NID_sha512WithRSAEncryption, NID_ecdsa_with_SHA512, "sha512"},
});

const DigestEntry& entry_of(Digest digest) { return digest_table.at(static_cast<size_t>(digest)); }

int nid_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    return OBJ_obj2nid(object);
}

/// RFC 5754 §2 and §3: absent and NULL are one.
bool has_no_parameters(const X509_ALGOR* algorithm) {
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(nullptr, &type, nullptr, algorithm);
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

/// The algorithm inside MGF1's parameters; null if the mask generation is another.
AlgorithmPointer mask_digest(const X509_ALGOR* mask) {
    if (nid_of(mask) != NID_mgf1) return nullptr;
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, mask);
    if (type != V_ASN1_SEQUENCE) return nullptr;
    return decoded<X509_ALGOR, X509_ALGOR_free, d2i_X509_ALGOR>(view_of(static_cast<const ASN1_STRING*>(value)));
}

PssPointer pss_parameters(const X509_ALGOR* algorithm) {
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE) return nullptr;
    return decoded<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free, d2i_RSA_PSS_PARAMS>(
        view_of(static_cast<const ASN1_STRING*>(value)));
}

/// RFC 4056 §3: what is absent has the defaults SHA-1, MGF1 with SHA-1, 20 bytes, trailer 1.
std::variant<SignatureScheme, Refusal> read_pss(const X509_ALGOR* algorithm, Digest digest) {
    const auto parameters = pss_parameters(algorithm);
    if (!parameters) return Refusal{"the parameters of RSASSA-PSS cannot be read"};
    const auto hash = parameters->hashAlgorithm ? read_digest_algorithm(parameters->hashAlgorithm) : Digest::Sha1;
    std::optional<Digest> mask = Digest::Sha1;
    if (parameters->maskGenAlgorithm) {
        const auto inner = mask_digest(parameters->maskGenAlgorithm);
        mask = inner ? read_digest_algorithm(inner.get()) : std::nullopt;
    }
    if (hash != digest || mask != digest) return Refusal{"RSASSA-PSS names another hash than the signer"};
    const auto salt = parameters->saltLength ? ASN1_INTEGER_get(parameters->saltLength) : sha1_size;
    const auto trailer = parameters->trailerField ? ASN1_INTEGER_get(parameters->trailerField) : 1;
    if (salt < 0 || salt > 1024 || trailer != 1) return Refusal{"the parameters of RSASSA-PSS are not usable"};
    return SignatureScheme{SignatureFamily::RsaPss, digest, static_cast<int>(salt)};
}

/// RFC 8419 §2.3 and §3.1.
std::variant<SignatureScheme, Refusal> read_ed25519(const X509_ALGOR* algorithm, Digest digest) {
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(nullptr, &type, nullptr, algorithm);
    if (type != V_ASN1_UNDEF) return Refusal{"the signature algorithm has parameters it must not have"};
    if (digest != Digest::Sha512) return Refusal{"an Ed25519 signature needs the digest sha512"};
    return SignatureScheme{SignatureFamily::Ed25519, digest};
}

bool key_fits(EVP_PKEY* key, SignatureFamily family) {
    const auto type = EVP_PKEY_get_base_id(key);
    switch (family) {
        case SignatureFamily::RsaPkcs1:
            return type == EVP_PKEY_RSA;
        case SignatureFamily::RsaPss:
            return type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS;
        case SignatureFamily::Ecdsa:
            return type == EVP_PKEY_EC;
        case SignatureFamily::Ed25519:
            return type == EVP_PKEY_ED25519;
    }
    return false;
}

bool prepare(EVP_PKEY_CTX* context, const SignatureScheme& scheme) {
    if (EVP_PKEY_verify_init(context) != 1) return false;
    const bool pss = scheme.family == SignatureFamily::RsaPss;
    if (scheme.family != SignatureFamily::Ecdsa &&
        EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
        return false;
    if (EVP_PKEY_CTX_set_signature_md(context, message_digest(scheme.digest)) != 1) return false;
    return !pss || (EVP_PKEY_CTX_set_rsa_mgf1_md(context, message_digest(scheme.digest)) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, scheme.pss_salt) == 1);
}

bool edwards_signature_matches(EVP_PKEY* key, ByteView message, ByteView signature) {
    const DigestContext context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

}  // namespace

std::string name_of(Digest digest) { return entry_of(digest).name; }

std::string name_of(SignatureFamily family) {
    switch (family) {
        case SignatureFamily::RsaPkcs1:
            return "rsa-pkcs1";
        case SignatureFamily::RsaPss:
            return "rsa-pss";
        case SignatureFamily::Ecdsa:
            return "ecdsa";
        case SignatureFamily::Ed25519:
            return "ed25519";
    }
    return {};
}

std::string name_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    const auto nid = OBJ_obj2nid(object);
    return nid == NID_undef ? dotted(object).substr(0, 64) : OBJ_nid2ln(nid);
}

std::optional<Digest> read_digest_algorithm(const X509_ALGOR* algorithm) {
    for (const auto& entry : digest_table)
        if (entry.nid == nid_of(algorithm) && has_no_parameters(algorithm)) return entry.digest;
    return std::nullopt;
}

std::variant<SignatureScheme, Refusal> read_signature_algorithm(const X509_ALGOR* algorithm, Digest digest) {
    const auto nid = nid_of(algorithm);
    if (nid == NID_rsassaPss) return read_pss(algorithm, digest);
    if (nid == NID_ED25519) return read_ed25519(algorithm, digest);
    if (!has_no_parameters(algorithm)) return Refusal{"the signature algorithm has parameters it must not have"};
    if (nid == NID_rsaEncryption) return SignatureScheme{SignatureFamily::RsaPkcs1, digest};
    for (const auto& entry : digest_table) {
        if (nid != entry.rsa_nid && nid != entry.ecdsa_nid) continue;
        if (entry.digest != digest) return Refusal{"the signature algorithm names another hash than the signer"};
        return SignatureScheme{nid == entry.rsa_nid ? SignatureFamily::RsaPkcs1 : SignatureFamily::Ecdsa, digest};
    }
    return Refusal{"the signature algorithm " + name_of(algorithm) + " is not supported"};
}

bool signature_matches(EVP_PKEY* key, const SignatureScheme& scheme, ByteView message, ByteView signature) {
    if (scheme.family != SignatureFamily::Ed25519)
        return signature_matches_digest(key, scheme, digest_of(scheme.digest, message), signature);
    const bool matches = key_fits(key, scheme.family) && edwards_signature_matches(key, message, signature);
    forget_openssl_errors();
    return matches;
}

bool signature_matches_digest(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest, ByteView signature) {
    if (scheme.family == SignatureFamily::Ed25519 || !key_fits(key, scheme.family)) return false;
    const PublicKeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    const bool matches =
        context && prepare(context.get(), scheme) &&
        EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
    forget_openssl_errors();
    return matches;
}

AlgorithmPointer make_digest_algorithm(Digest digest) {
    AlgorithmPointer algorithm(X509_ALGOR_new());
    require(
        algorithm && X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(entry_of(digest).nid), V_ASN1_UNDEF, nullptr) == 1,
        ErrorCode::Internal, "cannot name a digest algorithm");
    return algorithm;
}

namespace {

AlgorithmPointer make_algorithm(int nid, int parameters_type, void* parameters) {
    AlgorithmPointer algorithm(X509_ALGOR_new());
    require(algorithm && X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(nid), parameters_type, parameters) == 1,
            ErrorCode::Internal, "cannot name a signature algorithm");
    return algorithm;
}

ASN1_STRING* packed(ByteView der) {
    auto* string = ASN1_STRING_new();
    require(string && ASN1_STRING_set(string, der.data(), static_cast<int>(der.size())) == 1, ErrorCode::Internal,
            "cannot name a signature algorithm");
    return string;
}

AlgorithmPointer make_pss_algorithm(const SignatureScheme& scheme) {
    const PssPointer parameters(RSA_PSS_PARAMS_new());
    const auto hash = make_digest_algorithm(scheme.digest);
    parameters->hashAlgorithm = make_digest_algorithm(scheme.digest).release();
    parameters->maskGenAlgorithm =
        make_algorithm(NID_mgf1, V_ASN1_SEQUENCE, packed(encoded<i2d_X509_ALGOR>(hash.get()))).release();
    parameters->saltLength = ASN1_INTEGER_new();
    require(ASN1_INTEGER_set(parameters->saltLength, scheme.pss_salt) == 1, ErrorCode::Internal,
            "cannot name a signature algorithm");
    return make_algorithm(NID_rsassaPss, V_ASN1_SEQUENCE, packed(encoded<i2d_RSA_PSS_PARAMS>(parameters.get())));
}

}  // namespace

AlgorithmPointer make_signature_algorithm(const SignatureScheme& scheme) {
    switch (scheme.family) {
        // RFC 3370 §3.2: rsaEncryption is what every implementation reads.
        case SignatureFamily::RsaPkcs1:
            return make_algorithm(NID_rsaEncryption, V_ASN1_NULL, nullptr);
        case SignatureFamily::RsaPss:
            return make_pss_algorithm(scheme);
        case SignatureFamily::Ecdsa:
            return make_algorithm(entry_of(scheme.digest).ecdsa_nid, V_ASN1_UNDEF, nullptr);
        case SignatureFamily::Ed25519:
            return make_algorithm(NID_ED25519, V_ASN1_UNDEF, nullptr);
    }
    throw Error(ErrorCode::Internal, "unknown signature family");
}

}  // namespace cardseal::cms
