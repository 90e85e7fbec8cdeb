// SPDX-License-Identifier: LGPL-2.1-or-later
// What RFC 8551 and its companions ask of encryption and what no other suite shows.
#include <openssl/rsa.h>

#include "agreed_recipient.hpp"
#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

Bytes object(int nid) { return encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(nid)); }

bool holds(ByteView whole, ByteView part) { return !std::ranges::search(whole, part).empty(); }

Bytes with_null(int nid) {
    auto inner = object(nid);
    inner.insert(inner.end(), {V_ASN1_NULL, 0});
    return der_value(0x30, inner);
}

/// A key of that RSA recipient, transported with OAEP and these parameters (RFC 4055 §4.1); `parts` are its fields.
CraftedMessage oaep_message(const std::vector<Bytes>& parts, Digest digest, const Bytes& label) {
    const auto key = key_of_size(32);
    const auto& identity = recipient(TestKey::Rsa2048);
    const auto info = make_recipient_info(identity.certificate, KeyTransport::Oaep, key);
    auto* transport = info->value.key_transport;
    const PublicKeyContext context(EVP_PKEY_CTX_new(identity.certificate.public_key(), nullptr));
    size_t size = 256;
    Bytes encrypted(size);
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), message_digest(digest));
    EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), message_digest(digest));
    if (!label.empty()) {
        auto* copy = OPENSSL_memdup(label.data(), label.size());
        EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size()));
    }
    REQUIRE(EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, key.reveal().data(), key.size()) == 1);
    ASN1_OCTET_STRING_set(transport->encrypted_key, encrypted.data(), static_cast<int>(size));
    Bytes fields;
    for (const auto& part : parts) fields.insert(fields.end(), part.begin(), part.end());
    const OctetStringPointer parameters(ASN1_OCTET_STRING_new());
    const auto sequence = der_value(0x30, fields);
    ASN1_OCTET_STRING_set(parameters.get(), sequence.data(), static_cast<int>(sequence.size()));
    ASN1_TYPE_set1(transport->key_encryption_algorithm->parameter, V_ASN1_SEQUENCE, parameters.get());
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
    return message;
}

Bytes hash_field(int nid) { return der_value(0xa0, with_null(nid)); }

Bytes mask_field(int nid) {
    auto mask = object(NID_mgf1);
    const auto hash = with_null(nid);
    mask.insert(mask.end(), hash.begin(), hash.end());
    return der_value(0xa1, der_value(0x30, mask));
}

Bytes source_field(int nid, ByteView label) {
    auto source = object(nid);
    const auto octets = der_value(V_ASN1_OCTET_STRING, label);
    source.insert(source.end(), octets.begin(), octets.end());
    return der_value(0xa2, der_value(0x30, source));
}

ErrorCode code_of(const CraftedMessage& message) {
    const auto outcome = decrypt_with({&recipient(TestKey::Rsa2048)}, message.encode());
    CHECK(outcome.output.empty());
    return outcome.finished.code;
}

}  // namespace

TEST_CASE("encrypt: the inner type is id-data, the key wrap as long as the content key (RFC 8551 §2.4.1, §2.3)") {
    for (const auto kind : {TestKey::P256, TestKey::X25519})
        for (const auto& [cipher, wrap, other] :
             {std::tuple(ContentCipher::Aes128Cbc, NID_id_aes128_wrap, NID_id_aes256_wrap),
              {ContentCipher::Aes128Gcm, NID_id_aes128_wrap, NID_id_aes256_wrap},
              {ContentCipher::Aes256Cbc, NID_id_aes256_wrap, NID_id_aes128_wrap},
              {ContentCipher::Aes256Gcm, NID_id_aes256_wrap, NID_id_aes128_wrap},
              {ContentCipher::ChaCha20Poly1305, NID_id_aes256_wrap, NID_id_aes128_wrap}}) {
            const auto message = encrypted_to({&recipient(kind)}, sample_content(100), {.cipher = cipher});
            CHECK(holds(message, object(NID_pkcs7_data)));
            CHECK(holds(message, object(wrap)));
            CHECK_FALSE(holds(message, object(other)));
        }
}

TEST_CASE("decrypt: OAEP with each default left out, an empty label and a label (RFC 3560, RFC 4055 §4.1)") {
    const auto reads = [](const CraftedMessage& message) {
        return decrypt_with({&recipient(TestKey::Rsa2048)}, message.encode()).output == sample_content(100);
    };
    CHECK(reads(oaep_message({}, Digest::Sha1, {})));
    CHECK(reads(oaep_message({source_field(NID_pSpecified, {})}, Digest::Sha1, {})));
    CHECK(reads(oaep_message({hash_field(NID_sha1), mask_field(NID_sha1)}, Digest::Sha1, {})));
    for (const auto& [nid, digest] : {std::pair(NID_sha256, Digest::Sha256), {NID_sha512, Digest::Sha512}})
        for (const auto& label : {Bytes(), Bytes{'l', 'a', 'b', 'e', 'l'}, Bytes(256, 'x')})
            CHECK(reads(
                oaep_message({hash_field(nid), mask_field(nid), source_field(NID_pSpecified, label)}, digest, label)));
}

TEST_CASE(
    "decrypt: row 17: OAEP with another source or mask function, or an over-long label, is UnsupportedAlgorithm") {
    const auto message = [](const std::vector<Bytes>& parts) { return oaep_message(parts, Digest::Sha1, {}); };
    REQUIRE(code_of(message({hash_field(NID_md5)})) == ErrorCode::UnsupportedAlgorithm);
    CHECK(code_of(message({source_field(NID_mgf1, {})})) == ErrorCode::UnsupportedAlgorithm);
    CHECK(code_of(message({source_field(NID_pSpecified, Bytes(257, 'x'))})) == ErrorCode::UnsupportedAlgorithm);
    CHECK(code_of(message({der_value(0xa1, with_null(NID_sha1))})) == ErrorCode::UnsupportedAlgorithm);
}

TEST_CASE("decrypt: row 17: OAEP with a label other than the sender's is DecryptFailed") {
    const auto changed = oaep_message({source_field(NID_pSpecified, Bytes{'b'})}, Digest::Sha1, Bytes{'a'});
    CHECK(code_of(changed) == ErrorCode::DecryptFailed);
}

TEST_CASE("encrypt: an id-RSAES-OAEP certificate is CertificateUnusable, never used for v1.5 (RFC 3560 §4)") {
    auto der = recipient(TestKey::Rsa2048).certificate.der();
    REQUIRE(encrypt_to({der}, sample_content(10)).finished.code == ErrorCode::None);
    const auto plain = object(NID_rsaEncryption);
    const auto place = std::ranges::search(der, plain);
    REQUIRE_FALSE(place.empty());
    std::ranges::copy(object(NID_rsaesOaep), place.begin());

    for (const auto transport : {KeyTransport::Pkcs1, KeyTransport::Oaep}) {
        const auto outcome = encrypt_to({der}, sample_content(10), {.rsa_transport = transport});
        CHECK(outcome.finished.code == ErrorCode::CertificateUnusable);
        CHECK(outcome.output.empty());
    }
}

TEST_CASE("decrypt: RC2 of old mail is UnsupportedAlgorithm before any token operation (RFC 8551 App. B)") {
    auto message = craft(ContentCipher::Aes128Cbc, key_of_size(16), sample_content(100));
    message.recipient_infos = {recipient_info(recipient(TestKey::Rsa2048), key_of_size(16))};
    auto parameters = Bytes{V_ASN1_INTEGER, 1, 58};
    const auto vector = der_value(V_ASN1_OCTET_STRING, Bytes(8, 7));
    parameters.insert(parameters.end(), vector.begin(), vector.end());
    auto algorithm = object(NID_rc2_cbc);
    const auto sequence = der_value(0x30, parameters);
    algorithm.insert(algorithm.end(), sequence.begin(), sequence.end());
    message.algorithm = der_value(0x30, algorithm);

    const auto outcome = decrypt_with({&recipient(TestKey::Rsa2048)}, message.encode());
    CHECK(outcome.finished.code == ErrorCode::UnsupportedAlgorithm);
    CHECK(outcome.requests.of_keys() == 0);
    CHECK(outcome.output.empty());
}

TEST_CASE("decrypt: authenticated attributes count in their DER order, whatever order they came in (RFC 5083 §2.2)") {
    const auto key = key_of_size(32);
    const Bytes content_type{0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03,
                             0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
    const Bytes hint{0x30, 0x0f, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                     0x0d, 0x01, 0x09, 0x05, 0x31, 0x02, 0x05, 0x00};
    const auto joined = [](Bytes first, const Bytes& second) {
        first.insert(first.end(), second.begin(), second.end());
        return first;
    };
    const auto& identity = recipient(TestKey::P256);
    auto message = craft_with_attributes(key, sample_content(300), joined(hint, content_type));
    message.recipient_infos = {recipient_info(identity, key)};
    CHECK((decrypt_with({&identity}, message.encode()).output == sample_content(300)));
    message.attributes = joined(content_type, hint);
    CHECK((decrypt_with({&identity}, message.encode()).output == sample_content(300)));
}

TEST_CASE(
    "decrypt: transport and agreement recipients by issuer and serial number, and by key (RFC 5652 §6.2.1, §6.2.2)") {
    const auto content = sample_content(500);
    for (const auto kind : {TestKey::Rsa2048, TestKey::P256, TestKey::BrainpoolP384})
        for (const auto& arguments : std::vector<std::vector<std::string>>{{"-outform", "DER", "-aes256"},
                                                                           {"-outform", "DER", "-aes256", "-keyid"}}) {
            const auto& identity = recipient(kind);
            const auto outcome = decrypt_with({&identity}, openssl_encrypt(identity, content, arguments));
            CHECK((outcome.output == content));
            CHECK(outcome.requests.of_keys() == 1);
        }
}
