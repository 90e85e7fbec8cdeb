// SPDX-License-Identifier: LGPL-2.1-or-later
// X25519 recipients (RFC 8418): read from messages made by the RFC's text alone, and written.
#include "agreed_recipient.hpp"
#include "catch.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

struct Scheme {
    const char* object;
    DerivedBy derivation;
    Digest digest;
};

constexpr auto schemes = std::to_array<Scheme>({
    {"1.2.840.113549.1.9.16.3.19", DerivedBy::Hkdf, Digest::Sha256},
    {"1.2.840.113549.1.9.16.3.20", DerivedBy::Hkdf, Digest::Sha384},
    {"1.2.840.113549.1.9.16.3.21", DerivedBy::Hkdf, Digest::Sha512},
    {"1.3.132.1.11.1", DerivedBy::X963, Digest::Sha256},
    {"1.3.132.1.11.2", DerivedBy::X963, Digest::Sha384},
    {"1.3.132.1.11.3", DerivedBy::X963, Digest::Sha512},
});
const AgreementText hkdf{.scheme = schemes[0].object, .digest = schemes[0].digest, .derivation = schemes[0].derivation};
/// SEQUENCE { id-X25519 }: no parameters (RFC 8410 §3).
const Bytes x25519_identifier{0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e};
const Bytes hkdf_sha256_object{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x03, 0x13};

const Identity& ada() { return recipient(TestKey::X25519); }

JobOutcome outcome_with(const AgreementText& text, const Identity& sent_to = ada(), const Identity& read_by = ada()) {
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(500));
    message.recipient_infos = {agreed_recipient_info({&sent_to}, key, text)};
    return decrypt_with({&read_by}, message.encode());
}

bool reads(const AgreementText& text) {
    const auto outcome = outcome_with(text);
    INFO(outcome.finished.message);
    return outcome.output == sample_content(500) && outcome.requests.agreements == 1;
}

void check_refused(const AgreementText& text, ErrorCode code) {
    const auto outcome = outcome_with(text);
    CHECK(outcome.finished.code == code);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.of_keys() == 0);
}

Bytes ephemeral_key_in(const Bytes& message) {
    const auto place = std::ranges::search(message, x25519_identifier);
    REQUIRE_FALSE(place.empty());
    // BIT STRING of 33 octets, none unused.
    return Bytes(place.end() + 3, place.end() + 3 + 32);
}

}  // namespace

TEST_CASE("decrypt: X25519 with HKDF and X9.63, every hash, each AES key wrap (RFC 8418 §2, §3, RFC 8551 §2.3)") {
    for (const auto& scheme : schemes)
        for (const int wrap : {NID_id_aes128_wrap, NID_id_aes192_wrap, NID_id_aes256_wrap}) {
            CAPTURE(scheme.object, wrap);
            CHECK(reads(
                {.scheme = scheme.object, .digest = scheme.digest, .derivation = scheme.derivation, .wrap = wrap}));
        }
}

TEST_CASE("decrypt: X25519 user keying material is HKDF's salt and in the shared information (RFC 8418 §2.2)") {
    for (const auto& scheme : schemes)
        for (const size_t size : {1, 32, 512})
            CHECK(reads({.scheme = scheme.object,
                         .digest = scheme.digest,
                         .derivation = scheme.derivation,
                         .ukm = Bytes(size, 0x75)}));
}

TEST_CASE("decrypt: X25519 recipients by their key's identifier (RFC 8551 §2.6)") {
    auto text = hkdf;
    text.named_by = NamedBy::KeyIdentifier;
    CHECK(reads(text));
}

TEST_CASE("decrypt: row 18: X25519 keys that agree on all zeros are a BadMessage before any token operation") {
    CHECK(reads(hkdf));
    // The points of small order, RFC 7748 §6.1 and the list that libraries refuse; the last one not reduced.
    const std::vector<std::string> small_order{"0000000000000000000000000000000000000000000000000000000000000000",
                                               "0100000000000000000000000000000000000000000000000000000000000000",
                                               "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                               "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                               "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                               "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                               "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    for (const auto& digits : small_order) {
        CAPTURE(digits);
        auto text = hkdf;
        for (size_t i = 0; i < digits.size(); i += 2)
            text.ephemeral_key.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
        check_refused(text, ErrorCode::BadMessage);
    }
}

TEST_CASE("decrypt: an X25519 key of another size, or with parameters, is a BadMessage (RFC 8418 §3.1, RFC 8410 §3)") {
    for (const size_t size : {1, 31, 33, 65}) {
        auto text = hkdf;
        text.ephemeral_key = Bytes(size, 9);
        check_refused(text, ErrorCode::BadMessage);
    }
    auto text = hkdf;
    text.originator_parameters = {V_ASN1_NULL, 0};
    check_refused(text, ErrorCode::BadMessage);
}

TEST_CASE("decrypt: X25519 with a cofactor scheme is UnsupportedAlgorithm (RFC 8418 §3)") {
    check_refused({.scheme = "1.3.132.1.14.1"}, ErrorCode::UnsupportedAlgorithm);
}

TEST_CASE("decrypt: row 18: a key of another kind than the recipient's is a BadMessage before any token operation") {
    const auto key = key_of_size(32);
    for (const auto& [ours, theirs] : {std::pair(TestKey::X25519, TestKey::P256), {TestKey::P256, TestKey::X25519}}) {
        auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(10));
        auto info = agreed_recipient_info({&recipient(theirs)}, key, hkdf);
        // The recipient's name, changed to ours: both certificates are of one issuer, with serial numbers of one size.
        const auto named = recipient(theirs).certificate.issuer_and_serial();
        const auto place = std::ranges::search(info, named);
        REQUIRE_FALSE(place.empty());
        std::ranges::copy(recipient(ours).certificate.issuer_and_serial(), place.begin());
        message.recipient_infos = {info};
        const auto outcome = decrypt_with({&recipient(ours)}, message.encode());
        CHECK(outcome.finished.code == ErrorCode::BadMessage);
        CHECK(outcome.requests.of_keys() == 0);
    }
}

TEST_CASE(
    "encrypt: X25519 recipients get HKDF with SHA-256 and a fresh key each time (RFC 8418 §2.2, §3, RFC 8551 §2.3)") {
    const auto content = sample_content(1000);
    std::vector<Bytes> ephemeral_keys;
    for (const auto cipher : {ContentCipher::Aes128Cbc, ContentCipher::Aes256Cbc, ContentCipher::Aes128Gcm,
                              ContentCipher::Aes256Gcm, ContentCipher::ChaCha20Poly1305}) {
        const auto message = encrypted_to({&ada()}, content, {.cipher = cipher});
        CHECK_FALSE(std::ranges::search(message, hkdf_sha256_object).empty());
        ephemeral_keys.push_back(ephemeral_key_in(message));
        CHECK((decrypt_with({&ada()}, message).output == content));
    }
    std::ranges::sort(ephemeral_keys);
    CHECK(std::ranges::adjacent_find(ephemeral_keys) == ephemeral_keys.end());
}

TEST_CASE("encrypt: X25519, EC and RSA recipients read the same message") {
    const auto content = sample_content(1000);
    const auto &rsa = recipient(TestKey::Rsa2048), &ec = recipient(TestKey::P256);
    const auto message = encrypted_to({&rsa, &ada(), &ec}, content);
    for (const auto* identity : {&rsa, &ada(), &ec}) CHECK((decrypt_with({identity}, message).output == content));
    CHECK((openssl_decrypt(rsa, message, "DER").output == content));
    CHECK((openssl_decrypt(ec, message, "DER").output == content));
}

TEST_CASE(
    "encrypt: an X25519 certificate that is not for key agreement is CertificateUnusable") {
    const auto authority = make_ca();
    const auto signer = issue(authority, TestKey::X25519, {.extensions = {"keyUsage=critical,digitalSignature"}});
    const auto outcome = encrypt_to({signer.certificate.der()}, sample_content(10));
    CHECK(outcome.finished.code == ErrorCode::CertificateUnusable);
    CHECK(outcome.output.empty());
}
