// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of how algorithms may be written in a signer (RFC 4056, 5754, 8419).
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "handmade.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::SignatureVerdict;

namespace {

const Bytes attributes = set_of({content_type(), digest_attribute({digest_value()})});

Bytes algorithm(const char* type, const Bytes& parameters = {}) {
    return der_value(0x30, joined({oid(type), parameters}));
}

const Bytes null{0x05, 0x00};
constexpr const char* sha256 = "2.16.840.1.101.3.4.2.1";

ipc::SignerReport judge(const Handmade& handmade) {
    return verify({.message = handmade.message(), .anchors = people().anchors, .content = handmade_content}).signer();
}

ipc::SignerReport judge_algorithms(const Identity& signer, const Bytes& digest, const Bytes& signature) {
    return judge(
        {.identity = signer, .attributes = attributes, .digest_algorithm = digest, .signature_algorithm = signature});
}

ipc::SignerReport judge_pss(const Identity& signer, int salt) {
    return judge({.identity = signer,
                  .attributes = attributes,
                  .scheme = {SignatureFamily::RsaPss, Digest::Sha256, salt},
                  .pss = Salt{salt}});
}

/// An RSA key whose certificate allows PSS alone, with SHA-256 and a salt of 32 bytes or more (RFC 4055 §3.1).
Identity pss_only_identity() {
    const PublicKeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, nullptr));
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_keygen_md(context.get(), EVP_sha256()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context.get(), EVP_sha256()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context.get(), 32) == 1);
    REQUIRE(EVP_PKEY_keygen(context.get(), &key) == 1);
    return certify(people().ca, PublicKey(key), {.extensions = {}, .serial = 95});
}

/// The same identity with a key that knows nothing of the certificate's restrictions.
Identity unrestricted(const Identity& identity) {
    using Number = Owned<BIGNUM, BN_free>;
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    std::vector<Number> numbers;
    for (const auto* name : {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D}) {
        BIGNUM* number = nullptr;
        REQUIRE(EVP_PKEY_get_bn_param(identity.key.get(), name, &number) == 1);
        numbers.emplace_back(number);
        OSSL_PARAM_BLD_push_BN(builder.get(), name, number);
    }
    const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const PublicKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
    return {PublicKey(key), identity.certificate};
}

}  // namespace

TEST_CASE("verify: RFC 5754 2, 3.2, 3.3: parameters of SHA-2, RSA and ECDSA may be NULL or absent") {
    const auto& p = people();

    for (const auto& digest : {algorithm(sha256), algorithm(sha256, null)})
        for (const auto* type : {"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"})
            for (const auto& signature : {algorithm(type), algorithm(type, null)})
                CHECK(judge_algorithms(p.rsa, digest, signature).valid);
    for (const auto& signature : {algorithm("1.2.840.10045.4.3.2"), algorithm("1.2.840.10045.4.3.2", null)})
        CHECK(judge_algorithms(p.ec, algorithm(sha256), signature).valid);
}

TEST_CASE("verify: RFC 5754: other parameters, and a signature algorithm of another hash, are not accepted") {
    const auto& p = people();
    const Bytes number{0x02, 0x01, 0x01};

    CHECK_FALSE(judge_algorithms(p.rsa, algorithm(sha256, number), algorithm("1.2.840.113549.1.1.1", null)).valid);
    CHECK_FALSE(judge_algorithms(p.rsa, algorithm(sha256), algorithm("1.2.840.113549.1.1.1", number)).valid);
    CHECK(judge_algorithms(p.rsa, algorithm(sha256), algorithm("1.2.840.113549.1.1.13", null)).reason ==
          "the signature algorithm names another hash than the signer");
}

TEST_CASE("verify: RFC 4056 3: a PSS salt of any length is read") {
    const auto& p = people();

    // 222 bytes are all that 2048 bits have room for.
    for (const int salt : {0, 1, 20, 32, 64, 222}) {
        INFO(salt);
        CHECK(judge_pss(p.rsa, salt).valid);
    }
}

TEST_CASE("verify: RFC 4056 2.2, RFC 4055 3.3: a certificate for PSS alone sets the least salt") {
    const auto signer = pss_only_identity();
    REQUIRE(judge_pss(signer, 32).valid);

    CHECK(judge_pss(signer, 40).valid);
    CHECK(judge_pss(signer, 32).key_algorithm == "rsa-pss");
    CHECK(judge_pss(unrestricted(signer), 20).signature == SignatureVerdict::Bad);
    const Handmade pkcs1{.identity = unrestricted(signer),
                         .attributes = attributes,
                         .scheme = {SignatureFamily::RsaPkcs1, Digest::Sha256}};
    CHECK(judge(pkcs1).signature == SignatureVerdict::Bad);
}

TEST_CASE("verify: RFC 8551 2.2, RFC 8419 2.3, 3.1: Ed25519 has no parameters, and the digest SHA-512") {
    const auto signer = issue(people().ca, TestKey::Ed25519, {.serial = 96});
    const auto content_sha512 = der_value(0x04, digest_of(Digest::Sha512, handmade_content));
    const auto sha512 = algorithm("2.16.840.1.101.3.4.2.3");
    const auto judged = [&](const Bytes& digest_value_given, const Bytes& digest, const Bytes& signature) {
        return judge({.identity = signer,
                      .attributes = set_of({content_type(), digest_attribute({digest_value_given})}),
                      .digest_algorithm = digest,
                      .signature_algorithm = signature});
    };
    const auto good = judged(content_sha512, sha512, algorithm("1.3.101.112"));
    INFO(good.reason);
    REQUIRE(good.valid);

    CHECK(judged(content_sha512, sha512, algorithm("1.3.101.112", null)).reason ==
          "the signature algorithm has parameters it must not have");
    CHECK(judged(digest_value(), algorithm(sha256), algorithm("1.3.101.112")).reason ==
          "an Ed25519 signature needs the digest sha512");
}
