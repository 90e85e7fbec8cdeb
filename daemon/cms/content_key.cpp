// SPDX-License-Identifier: LGPL-2.1-or-later
// The content-encryption key of a message, by way of the one recipient that the broker chose.
#include "cms/content_key.hpp"

#include <openssl/core_names.h>

#include "cms/certificate.hpp"

namespace cardseal::cms {
namespace {

// What follows depends on the certificate and the message alone, both public: it tells nothing about the key.
[[noreturn]] void does_not_fit() {
    throw Error(ErrorCode::BadMessage, "cannot read the recipient: it does not fit the key of its certificate");
}

/// The point in its uncompressed form, checked to be on the recipient's curve.
Bytes point_on_curve_of(EVP_PKEY* recipient, ByteView point) {
    const PublicKey key(EVP_PKEY_new());
    const bool good = key && EVP_PKEY_copy_parameters(key.get(), recipient) == 1 &&
                      EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) == 1 &&
                      EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                                     OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) == 1;
    forget_openssl_errors();
    if (!good) does_not_fit();
    unsigned char* octets = nullptr;
    const auto size = EVP_PKEY_get1_encoded_public_key(key.get(), &octets);
    require(size > 0, ErrorCode::Internal, "cannot encode a point");
    Bytes uncompressed(octets, octets + size);
    OPENSSL_free(octets);
    return uncompressed;
}

Secret obtain(const TransportedKey& transported, EVP_PKEY* recipient, JobLink& link) {
    if (EVP_PKEY_get_base_id(recipient) != EVP_PKEY_RSA) does_not_fit();
    if (transported.request.ciphertext.size() != static_cast<size_t>(EVP_PKEY_get_size(recipient)))
        throw_decrypt_failed();
    return link.unwrap_content_key(transported.request);
}

/// A point of small order agrees on all zeros with every key, a fresh one as well (RFC 8418 §2, RFC 7748 §6.1).
void refuse_small_order(EVP_PKEY* recipient, ByteView octets) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(recipient, nullptr));
    EVP_PKEY* fresh = nullptr;
    require(context && EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_keygen(context.get(), &fresh) == 1,
            ErrorCode::Internal, "cannot make a key");
    const PublicKey ours(fresh);
    const PublicKey theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, octets.data(), octets.size()));
    if (!theirs || !shared_secret(ours.get(), theirs.get())) does_not_fit();
}

/// As the token takes it.
Bytes checked_point(const AgreedKey& agreed, EVP_PKEY* recipient) {
    const int expected = agreed.type == KeyType::X25519 ? EVP_PKEY_X25519 : EVP_PKEY_EC;
    if (EVP_PKEY_get_base_id(recipient) != expected) does_not_fit();
    if (agreed.type == KeyType::Ec) return point_on_curve_of(recipient, agreed.request.ephemeral_point);
    refuse_small_order(recipient, agreed.request.ephemeral_point);
    return agreed.request.ephemeral_point;
}

Secret obtain(const AgreedKey& agreed, EVP_PKEY* recipient, JobLink& link) {
    auto request = agreed.request;
    request.ephemeral_point = checked_point(agreed, recipient);
    const auto key_encryption_key = link.agree_key(std::move(request));
    if (key_encryption_key.size() != agreed.wrap.key_length) throw_decrypt_failed();
    auto key = unwrap_key(agreed.wrap, key_encryption_key, agreed.wrapped_key);
    if (!key) throw_decrypt_failed();
    return std::move(*key);
}

ipc::ChosenRecipient choose(const Envelope& envelope, JobLink& link) {
    ipc::ChooseRecipient candidates;
    for (const auto& recipient : envelope.recipients) candidates.recipients.push_back(recipient.identifier);
    auto chosen = link.choose_recipient(std::move(candidates));
    if (chosen.index >= envelope.recipients.size()) throw Error(ErrorCode::Internal, "malformed internal message");
    return chosen;
}

}  // namespace

void throw_decrypt_failed() { throw Error(ErrorCode::DecryptFailed, "message cannot be decrypted"); }

Secret obtain_content_key(const Envelope& envelope, JobLink& link) {
    const auto chosen = choose(envelope, link);
    const auto certificate = Certificate::parse(chosen.certificate);
    if (!certificate || !certificate->public_key()) throw Error(ErrorCode::Internal, "malformed internal message");
    auto key = std::visit([&](const auto& way) { return obtain(way, certificate->public_key(), link); },
                          envelope.recipients[chosen.index].content_key);
    if (key.size() != envelope.algorithm.key_length) throw_decrypt_failed();
    return key;
}

}  // namespace cardseal::cms
