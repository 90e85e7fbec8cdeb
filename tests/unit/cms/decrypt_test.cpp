// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job on good messages: what the openssl command makes can be read.
#include "catch.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms::test;

namespace {

const std::vector<std::string> der_form{"-outform", "DER"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

TEST_CASE("decrypt: reads what openssl encrypts to RSA and EC keys with AES-CBC and AES-GCM (RFC 8551 §2.3, §2.7)") {
    const auto content = sample_content(5000);
    for (const auto kind : {TestKey::Rsa2048, TestKey::Rsa3072, TestKey::P256, TestKey::P384, TestKey::P521})
        for (const std::string cipher :
             {"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm"}) {
            CAPTURE(static_cast<int>(kind), cipher);
            const auto& identity = recipient(kind);
            const auto message = openssl_encrypt(identity, content, with(der_form, {"-" + cipher}));

            const auto outcome = decrypt_with({&identity}, message);

            CHECK(outcome.finished.message == "");
            CHECK((outcome.output == content));
            CHECK(outcome.finished.content_cipher == cipher);
            CHECK(outcome.finished.bytes_in == message.size());
            CHECK(outcome.requests.of_keys() == 1);
            CHECK(outcome.requests.choices == 1);
        }
}

TEST_CASE("decrypt: RFC 8551 4.5: a key that is too small for new mail still reads the old") {
    const auto content = sample_content(500);
    const auto& identity = recipient(TestKey::Rsa1024);
    const auto message = openssl_encrypt(identity, content, with(der_form, {"-aes256"}));

    CHECK((decrypt_with({&identity}, message).output == content));
}

TEST_CASE("decrypt: reads 3DES of old mail (RFC 8551 App. B)") {
    const auto content = sample_content(5000);
    const auto& identity = recipient(TestKey::Rsa2048);
    const auto outcome = decrypt_with({&identity}, openssl_encrypt(identity, content, with(der_form, {"-des3"})));
    CHECK((outcome.output == content));
    CHECK(outcome.finished.content_cipher == "3des-cbc");
}

TEST_CASE("decrypt: reads OAEP with SHA-1 and every SHA-2 (RFC 3560)") {
    const auto content = sample_content(500);
    const auto& identity = recipient(TestKey::Rsa2048);
    for (const std::string hash : {"sha1", "sha224", "sha256", "sha384", "sha512"}) {
        CAPTURE(hash);
        const auto message = openssl_encrypt(
            identity, content, with(der_form, {"-aes256"}),
            {"-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:" + hash, "-keyopt", "rsa_mgf1_md:" + hash});
        CHECK((decrypt_with({&identity}, message).output == content));
    }
}

TEST_CASE("decrypt: reads ECDH with other key derivations, cofactor mode and AES-128 wrap (RFC 5753)") {
    const auto content = sample_content(500);
    const auto& identity = recipient(TestKey::P256);
    for (const std::string hash : {"sha1", "sha224", "sha256", "sha384", "sha512"})
        for (const std::string mode : {"0", "1"})
            for (const std::string wrap : {"-aes128-wrap", "-aes192-wrap", "-aes256-wrap"}) {
                CAPTURE(hash, mode, wrap);
                const auto message =
                    openssl_encrypt(identity, content, with(der_form, {"-aes-256-gcm", wrap}),
                                    {"-keyopt", "ecdh_kdf_md:" + hash, "-keyopt", "ecdh_cofactor_mode:" + mode});
                CHECK((decrypt_with({&identity}, message).output == content));
            }
}

TEST_CASE("decrypt: finds the recipient by subject key identifier (RFC 8551 §2.6)") {
    const auto content = sample_content(500);
    for (const auto kind : {TestKey::Rsa2048, TestKey::P256}) {
        const auto& identity = recipient(kind);
        const auto message = openssl_encrypt(identity, content, with(der_form, {"-aes256", "-keyid"}));
        CHECK((decrypt_with({&identity}, message).output == content));
    }
}

TEST_CASE("decrypt: reads DER, PEM, streamed BER, S/MIME and a whole mail from openssl") {
    const auto content = sample_content(200'000);
    const auto& identity = recipient(TestKey::Rsa2048);
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"-outform", "DER"},
                                               {"-outform", "PEM"},
                                               {"-outform", "DER", "-stream"},
                                               {"-outform", "SMIME"},
                                               {"-outform", "SMIME", "-stream"},
                                               {"-outform", "SMIME", "-crlfeol"},
                                               {"-from", "a@example.org", "-to", "b@example.org", "-subject", "s"}}) {
        CAPTURE(arguments);
        const auto outcome =
            decrypt_with({&identity}, openssl_encrypt(identity, content, with(arguments, {"-aes-256-gcm"})));
        CHECK(outcome.finished.message == "");
        CHECK((outcome.output == content));
    }
}

TEST_CASE("decrypt: authenticated attributes are part of what the tag covers (RFC 5083 §2.2)") {
    const auto& identity = recipient(TestKey::P256);
    const auto content = sample_content(300);
    const auto key = key_of_size(32);
    const Bytes content_type{0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03,
                             0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};

    auto message = craft_with_attributes(key, content, content_type);
    message.recipient_infos = {recipient_info(identity, key)};
    CHECK((decrypt_with({&identity}, message.encode()).output == content));

    message.attributes.back() = 0x06;
    const auto outcome = decrypt_with({&identity}, message.encode());
    CHECK(outcome.finished.code == ErrorCode::DecryptFailed);
    CHECK(outcome.output.empty());
}

TEST_CASE("decrypt: content larger than memory allows goes through the broker's spool file") {
    const auto content = sample_content(20 << 20);
    const auto& identity = recipient(TestKey::P256);
    for (const auto cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm}) {
        const auto message = encrypted_to({&identity}, content, {.cipher = cipher});

        const auto outcome = decrypt_with({&identity}, message);

        CHECK((outcome.output == content));
        CHECK(outcome.requests.spools == 1);
    }
}

TEST_CASE("decrypt: a refusal of the broker's or a token's is passed on with its own name") {
    const auto& identity = recipient(TestKey::Rsa2048);
    const auto message = encrypted_to({&identity}, sample_content(100));
    JobHarness harness({&identity});
    harness.refuse_with({ErrorCode::TokenRemoved, "token was removed"});
    const auto output = empty_file();
    cms::JobFiles files;
    files.push_back(file_with(message));
    files.push_back(output.duplicate());
    try {
        harness.decrypt({}, std::move(files));
        FAIL("it succeeded");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::TokenRemoved);
    }
    CHECK(content_of(output).empty());
}
