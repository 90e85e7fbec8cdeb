// SPDX-License-Identifier: LGPL-2.1-or-later
// A signed message put together by hand, attribute by attribute, for tests.
#include "handmade.hpp"

#include <openssl/rsa.h>
#include <algorithm>

#include "catch.hpp"
#include "cms/ber_writer.hpp"

namespace cardseal::cms::test {

const Bytes handmade_content = to_bytes(bytes_of("hello"));

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes oid(const char* dotted) {
    const ObjectPointer object(OBJ_txt2obj(dotted, 1));
    return encoded<i2d_ASN1_OBJECT>(object.get());
}

Bytes attribute(const char* type, const std::vector<Bytes>& values) {
    return der_value(0x30, joined({oid(type), der_value(0x31, joined(values))}));
}

Bytes content_type(const char* type) { return attribute("1.2.840.113549.1.9.3", {oid(type)}); }

Bytes digest_value() { return der_value(0x04, digest_of(Digest::Sha256, handmade_content)); }

Bytes digest_attribute(const std::vector<Bytes>& values) { return attribute("1.2.840.113549.1.9.4", values); }

Bytes set_of(std::vector<Bytes> attributes) {
    std::ranges::sort(attributes);
    return der_value(0x31, joined(attributes));
}

namespace {

Bytes raw_signature(const Identity& identity, ByteView message, std::optional<Salt> pss = std::nullopt) {
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* key = nullptr;
    const bool edwards = EVP_PKEY_get_base_id(identity.key.get()) == EVP_PKEY_ED25519;
    REQUIRE(EVP_DigestSignInit(context.get(), &key, edwards ? nullptr : EVP_sha256(), nullptr, identity.key.get()) ==
            1);
    if (pss) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(key, pss->length) == 1);
    }
    size_t size = 0;
    REQUIRE(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1);
    Bytes signature(size);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
    signature.resize(size);
    return signature;
}

}  // namespace

Bytes Handmade::message() const {
    auto sent = attributes;
    sent.front() = 0xa0;
    const auto digest = digest_algorithm.value_or(encoded<i2d_X509_ALGOR>(make_digest_algorithm(Digest::Sha256).get()));
    const auto signer = der_value(
        0x30, joined({{0x02, 0x01, 0x01},
                      sid.value_or(identity.certificate.issuer_and_serial()),
                      digest,
                      sent,
                      signature_algorithm.value_or(encoded<i2d_X509_ALGOR>(make_signature_algorithm(scheme).get())),
                      der_value(0x04, raw_signature(identity, attributes, pss))}));
    auto all = more_certificates;
    if (certificates.empty()) all.push_back(identity.certificate.der());
    for (const auto* certificate : certificates) all.push_back(certificate->der());
    const auto signed_data = der_value(0x30, joined({{0x02, 0x01, 0x01},
                                                     der_value(0x31, digest),
                                                     der_value(0x30, oid("1.2.840.113549.1.7.1")),
                                                     der_value(0xa0, joined(all)),
                                                     crls.empty() ? Bytes() : der_value(0xa1, joined(crls)),
                                                     der_value(0x31, signer)}));
    return der_value(0x30, joined({oid("1.2.840.113549.1.7.2"), der_value(0xa0, signed_data)}));
}

}  // namespace cardseal::cms::test
