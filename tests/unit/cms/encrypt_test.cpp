// SPDX-License-Identifier: LGPL-2.1-or-later
// The encrypt job: what it makes can be read by the openssl command, and by our own decrypt job.
#include <algorithm>
#include <array>

#include "catch.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms::test;

namespace {

constexpr auto ciphers =
    std::to_array<std::pair<ContentCipher, const char*>>({{ContentCipher::Aes128Cbc, "aes-128-cbc"},
                                                          {ContentCipher::Aes256Cbc, "aes-256-cbc"},
                                                          {ContentCipher::Aes128Gcm, "aes-128-gcm"},
                                                          {ContentCipher::Aes256Gcm, "aes-256-gcm"}});

bool is_aead(ContentCipher cipher) { return cipher != ContentCipher::Aes128Cbc && cipher != ContentCipher::Aes256Cbc; }

}  // namespace

TEST_CASE("encrypt: openssl and our decrypt job read every key type with every cipher (RFC 8551 §2.3, §2.7)") {
    const auto content = sample_content(1000);
    for (const auto kind : {TestKey::Rsa2048, TestKey::Rsa3072, TestKey::P256, TestKey::P384, TestKey::P521})
        for (const auto& [cipher, name] : ciphers) {
            CAPTURE(static_cast<int>(kind), name);
            const auto& identity = recipient(kind);

            const auto outcome = encrypt_to({identity.certificate.der()}, content, {.cipher = cipher});

            REQUIRE(outcome.finished.code == ErrorCode::None);
            CHECK(outcome.finished.content_cipher == name);
            CHECK(outcome.finished.recipients == std::vector{identity.certificate.fingerprint()});
            CHECK(outcome.finished.bytes_in == content.size());
            CHECK(outcome.finished.bytes_out == outcome.output.size());
            CHECK((openssl_decrypt(identity, outcome.output, "DER").output == content));
            const auto decrypted = decrypt_with({&identity}, outcome.output);
            CHECK((decrypted.output == content));
            CHECK(decrypted.finished.content_cipher == name);
            CHECK(decrypted.finished.integrity == (is_aead(cipher) ? ipc::Integrity::Aead : ipc::Integrity::None));
        }
}

TEST_CASE("encrypt: our decrypt job reads ChaCha20-Poly1305 for every key type (RFC 8103, RFC 8551 §2.7)") {
    const auto content = sample_content(1000);
    for (const auto kind : {TestKey::Rsa2048, TestKey::P256, TestKey::P521}) {
        const auto& identity = recipient(kind);
        const auto message = encrypted_to({&identity}, content, {.cipher = ContentCipher::ChaCha20Poly1305});
        CHECK((decrypt_with({&identity}, message).output == content));
    }
}

TEST_CASE("encrypt: openssl and our decrypt job read OAEP with SHA-256 (RFC 3560)") {
    const auto content = sample_content(1000);
    const auto& identity = recipient(TestKey::Rsa2048);

    const auto message = encrypted_to({&identity}, content, {.rsa_transport = KeyTransport::Oaep});

    CHECK((openssl_decrypt(identity, message, "DER").output == content));
    CHECK((decrypt_with({&identity}, message).output == content));
}

TEST_CASE("encrypt: every form can be read by openssl and by our decrypt job") {
    const auto content = sample_content(100'000);
    const auto& identity = recipient(TestKey::Rsa2048);
    for (const auto& [form, name] :
         {std::pair(ipc::OutputForm::Der, "DER"), {ipc::OutputForm::Pem, "PEM"}, {ipc::OutputForm::Smime, "SMIME"}})
        for (const auto cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm}) {
            CAPTURE(name);
            const auto message = encrypted_to({&identity}, content, {.form = form, .cipher = cipher});
            CHECK((openssl_decrypt(identity, message, name).output == content));
            CHECK((decrypt_with({&identity}, message).output == content));
        }
}

TEST_CASE("encrypt: the S/MIME header names the type and has canonical line ends (RFC 8551 §3.2)") {
    const auto& identity = recipient(TestKey::Rsa2048);
    const auto message = encrypted_to({&identity}, sample_content(500), {.form = ipc::OutputForm::Smime});
    const auto authenticated = encrypted_to({&identity}, sample_content(500),
                                            {.form = ipc::OutputForm::Smime, .cipher = ContentCipher::Aes256Gcm});

    const std::string text(text_of(message));
    CHECK(
        text.starts_with("MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n"));
    CHECK(text.find("name=\"smime.p7m\"") != text.npos);
    CHECK(std::ranges::count(text, '\n') == std::ranges::count(text, '\r'));
    CHECK(text_of(authenticated).find("smime-type=authEnveloped-data") != std::string_view::npos);
}

TEST_CASE("encrypt: content of every size around the blocks and pieces comes back") {
    const auto& identity = recipient(TestKey::P256);
    for (const size_t size : {0, 1, 15, 16, 17, 32767, 32768, 65519, 65520, 65535, 65536, 65537, 131072, 300'001})
        for (const auto cipher :
             {ContentCipher::Aes256Cbc, ContentCipher::Aes128Gcm, ContentCipher::ChaCha20Poly1305}) {
            CAPTURE(size);
            const auto content = sample_content(size);
            const auto message = encrypted_to({&identity}, content, {.cipher = cipher});
            const auto outcome = decrypt_with({&identity}, message);
            CHECK(outcome.finished.message == "");
            CHECK((outcome.output == content));
            // openssl knows no ChaCha20-Poly1305 in CMS.
            if (cipher != ContentCipher::ChaCha20Poly1305)
                CHECK((openssl_decrypt(identity, message, "DER").output == content));
        }
}

TEST_CASE("encrypt: each of several recipients can read the message, and a key given twice gets one recipient") {
    const auto content = sample_content(2000);
    const auto &rsa = recipient(TestKey::Rsa2048), &ec = recipient(TestKey::P384);

    const auto outcome = encrypt_to({rsa.certificate.der(), pem_of(ec.certificate), pem_of(rsa.certificate)}, content);

    REQUIRE(outcome.finished.code == ErrorCode::None);
    CHECK(outcome.finished.recipients == std::vector{rsa.certificate.fingerprint(), ec.certificate.fingerprint()});
    for (const auto* identity : {&rsa, &ec}) {
        CHECK((decrypt_with({identity}, outcome.output).output == content));
        CHECK((openssl_decrypt(*identity, outcome.output, "DER").output == content));
    }
}

TEST_CASE("encrypt: row 50, RFC 8551 4.4: a certificate that is expired, early, weak or for other uses is refused") {
    const auto authority = make_ca();
    const std::vector<std::string> signing_only{"keyUsage=critical,nonRepudiation"};
    const auto good = issue(authority, TestKey::P256);
    const auto expired = issue(authority, TestKey::P256, {.not_after = now - 1});
    const auto early = issue(authority, TestKey::P256, {.not_before = now + 1000});
    const auto signer = issue(authority, TestKey::P256, {.extensions = signing_only});
    const auto rsa_signer = issue(authority, TestKey::Rsa2048, {.extensions = signing_only});
    const auto edwards = issue(authority, TestKey::Ed25519);
    const auto weak = issue(authority, TestKey::Rsa1024);
    REQUIRE(encrypt_to({good.certificate.der()}, sample_content(10)).finished.code == ErrorCode::None);

    for (const auto& [identity, why] : {std::pair(&expired, "expired"),
                                        {&early, "not valid yet"},
                                        {&signer, "key agreement"},
                                        {&rsa_signer, "key encipherment"},
                                        {&edwards, "not for encryption"},
                                        {&weak, "too weak"}}) {
        const auto outcome = encrypt_to({good.certificate.der(), identity->certificate.der()}, sample_content(10));
        CHECK(outcome.finished.code == ErrorCode::CertificateUnusable);
        CHECK_THAT(outcome.finished.message, ContainsSubstring(why));
        CHECK(outcome.output.empty());
    }
}

TEST_CASE("encrypt: recipients that are no certificates, or none, are refused") {
    CHECK(encrypt_to({}, sample_content(10)).finished.code == ErrorCode::InvalidArgs);
    const auto outcome = encrypt_to({sample_content(300)}, sample_content(10));
    CHECK(outcome.finished.code == ErrorCode::InvalidArgs);
    CHECK(outcome.output.empty());
}

TEST_CASE("encrypt: asks for no key") {
    const auto outcome = encrypt_to({recipient(TestKey::P256).certificate.der()}, sample_content(10));
    REQUIRE(outcome.finished.code == ErrorCode::None);
    CHECK(outcome.requests.of_keys() == 0);
    CHECK(outcome.requests.choices == 0);
}

TEST_CASE("encrypt: a MIME entity is encrypted with canonical line ends, anything else as it is (RFC 8551 §3.1)") {
    const auto& identity = recipient(TestKey::P256);
    const auto round_trip = [&](std::string_view content, ipc::OutputForm form) {
        const auto outcome = decrypt_with({&identity}, encrypted_to({&identity}, bytes_of(content), {.form = form}));
        return std::string(text_of(outcome.output));
    };
    using enum ipc::OutputForm;
    CHECK(round_trip("Content-Type: text/plain\n\nhello\n", Smime) == "Content-Type: text/plain\r\n\r\nhello\r\n");
    CHECK(round_trip("Content-Type: text/plain\n\nhello\n", Der) == "Content-Type: text/plain\n\nhello\n");
    CHECK(round_trip("Content-Transfer-Encoding: binary\n\na\nb", Smime) ==
          "Content-Transfer-Encoding: binary\r\n\r\na\nb");
    CHECK(round_trip("hello\n", Smime) == "hello\n");
}
