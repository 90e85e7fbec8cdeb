// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests for certificates: what stands in them, and what does not get in.
#include "token/certificate_request.hpp"

#include <openssl/x509v3.h>

#include "catch.hpp"
#include "token/certificate_facts.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

using Request = Owned<X509_REQ, X509_REQ_free>;

Key key_of(EVP_PKEY* made) {
    PublicKey key(made);
    REQUIRE(key);
    const auto type = key_type_of(key.get()).value();
    return {key_id_of(key.get()), type, Bytes{1}, std::move(key), ""};
}

Key p256() { return key_of(EVP_EC_gen("P-256")); }

Bytes signed_by(const Key& key, const CertificateRequest& request) {
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    const auto* digest = key.type == KeyType::Ed25519 ? nullptr : openssl_digest(request.digest());
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key.public_key.get()) == 1);
    Bytes signature(1024);
    size_t size = signature.size();
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, request.information().data(),
                           request.information().size()) == 1);
    signature.resize(size);
    return signature;
}

Request finished(const Key& key, const ipc::SignCertificateRequest& fields) {
    CertificateRequest request(key, fields);
    const auto der = request.with_signature(signed_by(key, request));
    const auto* position = der.data();
    Request read(d2i_X509_REQ(nullptr, &position, static_cast<long>(der.size())));
    REQUIRE(read);
    CHECK(position == der.data() + der.size());
    CHECK(X509_REQ_verify(read.get(), key.public_key.get()) == 1);
    return read;
}

/// What openssl prints of it.
std::string text_of_request(X509_REQ* request) {
    const Owned<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    X509_REQ_print_ex(memory.get(), request, XN_FLAG_RFC2253, X509_FLAG_NO_PUBKEY | X509_FLAG_NO_SIGDUMP);
    const char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<size_t>(size)};
}

ErrorCode refusal(const Key& key, const ipc::SignCertificateRequest& fields) {
    try {
        CertificateRequest(key, fields);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

const std::vector<std::string> ann{"ann@example.org"};

}  // namespace

TEST_CASE("certificate request: it names the person, the addresses, the usages, and verifies, for each kind of key") {
    for (const auto& key : {key_of(EVP_RSA_gen(2048)), p256(), key_of(EVP_EC_gen("P-384")), key_of(EVP_EC_gen("P-521")),
                            key_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))}) {
        const auto text =
            text_of_request(finished(key, {"Ann Example", {"ann@example.org", "a.example@example.net"}}).get());
        INFO(text);
        CHECK_THAT(text, ContainsSubstring("Subject: CN=Ann Example\n"));
        CHECK_THAT(text, ContainsSubstring("email:ann@example.org, email:a.example@example.net"));
        CHECK_THAT(text, ContainsSubstring("E-mail Protection"));
        CHECK_THAT(text, ContainsSubstring("Key Usage: critical"));
        CHECK_THAT(text, ContainsSubstring("Digital Signature"));
        CHECK((text.find("Key Encipherment") != text.npos) == (key.type == KeyType::Rsa));
        CHECK((text.find("Key Agreement") != text.npos) == (key.type == KeyType::Ec));
    }
}

TEST_CASE("certificate request: the usage is what was asked for") {
    const auto key = p256();
    const auto text_for = [&](ipc::CertificateUse use) { return text_of_request(finished(key, {"", ann, use}).get()); };

    CHECK_THAT(text_for(ipc::CertificateUse::Both), ContainsSubstring("Digital Signature, Key Agreement"));
    CHECK_THAT(text_for(ipc::CertificateUse::Sign), !ContainsSubstring("Key Agreement"));
    CHECK_THAT(text_for(ipc::CertificateUse::Encrypt), !ContainsSubstring("Digital Signature"));
    const auto signs_only = key_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    CHECK(refusal(signs_only, {"", ann, ipc::CertificateUse::Sign}) == ErrorCode::None);
    CHECK(refusal(signs_only, {"", ann, ipc::CertificateUse::Encrypt}) == ErrorCode::InvalidArgs);
    CHECK(refusal(signs_only, {"", ann, ipc::CertificateUse::Both}) == ErrorCode::InvalidArgs);
}

TEST_CASE("certificate request: without a name the subject is the first address, or nothing if that is too long") {
    const auto key = p256();

    CHECK_THAT(text_of_request(finished(key, {"", ann}).get()), ContainsSubstring("Subject: CN=ann@example.org\n"));
    const auto text = text_of_request(finished(key, {"", {std::string(60, 'a') + "@example.org"}}).get());
    CHECK_THAT(text, ContainsSubstring("Alternative Name: critical"));
}

TEST_CASE("certificate request: a local part beyond ASCII is an SmtpUTF8Mailbox (RFC 9598)") {
    const auto key = p256();

    const auto request = finished(key, {"Jörg", {"jörg@example.org"}});

    CHECK_THAT(text_of_request(request.get()), ContainsSubstring("othername:"));
    const auto der = CertificateRequest(key, {"Jörg", {"jörg@example.org"}}).information();
    CHECK_THAT(std::string(text_of(der)), ContainsSubstring("jörg@example.org"));
}

TEST_CASE("certificate request: what is no address or no name does not get in") {
    const auto key = p256();
    REQUIRE(refusal(key, {"Ann", ann}) == ErrorCode::None);

    for (const std::string address : {"", "ann", "@example.org", "ann@", "a b@example.org", "ann@ex ample.org",
                                      "ann@bücher.example", "<ann@example.org>", "ann@.example.org",
                                      "ann@example.org\nBcc: x@example.org", "a,b@example.org", "\xff@example.org"}) {
        INFO(address);
        CHECK(refusal(key, {"Ann", {address}}) == ErrorCode::InvalidArgs);
    }
    CHECK(refusal(key, {"Ann", {std::string("ann@example.org\0.evil.org", 25)}}) == ErrorCode::InvalidArgs);
    CHECK(refusal(key, {"Ann", {std::string(65, 'a') + "@example.org"}}) == ErrorCode::InvalidArgs);
    CHECK(refusal(key, {"Ann", {"a@" + std::string(260, 'b')}}) == ErrorCode::InvalidArgs);
    CHECK(refusal(key, {"Ann", {}}) == ErrorCode::InvalidArgs);
    CHECK(refusal(key, {"Ann\nO=Bank", ann}) == ErrorCode::InvalidArgs);
    CHECK(refusal(key, {std::string(65, 'n'), ann}) == ErrorCode::InvalidArgs);
}

TEST_CASE("certificate request: a name is one attribute, whatever it looks like") {
    const auto text = text_of_request(finished(p256(), {"Ann, O=Bank", ann}).get());

    CHECK_THAT(text, ContainsSubstring("Subject: CN=Ann\\, O=Bank\n"));
}

TEST_CASE("certificate request: a signature by another key is not delivered (row 83)") {
    const auto key = p256(), other = p256();
    CertificateRequest request(key, {"", ann});
    const auto signature = signed_by(other, request);

    CHECK_THROWS_AS(request.with_signature(signature), Error);
    CHECK_NOTHROW(request.with_signature(signed_by(key, request)));
}

TEST_CASE("certificate request: a key that cannot sign has none") {
    CHECK(refusal(key_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")), {"", ann}) == ErrorCode::UnsupportedAlgorithm);
}
