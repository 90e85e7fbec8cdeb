// SPDX-License-Identifier: LGPL-2.1-or-later
// unwrap_content_key: RSA decryption that answers every ciphertext alike.
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>

#include "token/mechanisms.hpp"
#include "token/operations.hpp"
#include "token/return_values.hpp"
#include "token/rsa_blocks.hpp"

namespace cardseal::token {

namespace {

constexpr size_t secret_size = 32;

/// What the token made of a ciphertext: `bytes` is a buffer of the modulus's size whatever happened.
struct Decrypted {
    CK_RV refusal = CKR_OK;  ///< what no ciphertext can have caused; it may be told
    CK_RV result = CKR_OK;   ///< of C_Decrypt, otherwise
    Secret bytes;
    size_t size = 0;
};

enum class Padding { RemovedHere, RemovedByToken };

/// One C_DecryptInit, the login for it if the key wants one, and one C_Decrypt. What comes before C_Decrypt has not
/// seen the ciphertext.
Decrypted decrypt(KeyUse& use, CK_MECHANISM mechanism, ByteView ciphertext) {
    Decrypted decrypted{CKR_OK, CKR_OK, Secret(ipc::max_rsa_block), 0};
    const bool is_raw = mechanism.mechanism == CKM_RSA_X_509;  // the token knows of no padding
    const auto run_result = use.run([&](const Operation& operation) {
        const auto& functions = use.token().functions();
        const auto init_result = functions.C_DecryptInit(operation.session, &mechanism, operation.key);
        if (init_result != CKR_OK) return init_result;
        if (const auto login_result = operation.log_in(); login_result != CKR_OK) return login_result;
        CK_ULONG size = decrypted.bytes.size();
        const auto result = functions.C_Decrypt(operation.session, const_cast<uint8_t*>(ciphertext.data()),
                                                ciphertext.size(), decrypted.bytes.reveal().data(), &size);
        decrypted.size = size;
        decrypted.result = result;
        // A failure that may be of the padding keeps its session like a success: closing it would show in the time.
        return independent_of_ciphertext(result) || (is_raw && may_mean_removal(result)) ? result : CKR_OK;
    });
    if (run_result != decrypted.result || independent_of_ciphertext(run_result)) decrypted.refusal = run_result;
    return decrypted;
}

/// The block right-aligned in `modulus_size` bytes: some modules leave out leading zeros.
Secret block_of(const Decrypted& decrypted, size_t modulus_size) {
    Secret block(modulus_size);
    if (decrypted.result != CKR_OK || decrypted.size > modulus_size) return block;
    const auto bytes = decrypted.bytes.reveal().first(decrypted.size);
    std::ranges::copy(bytes, block.reveal().end() - static_cast<ptrdiff_t>(bytes.size()));
    return block;
}

Mask decode_here(const Decrypted& decrypted, size_t modulus_size, const ipc::UnwrapContentKey& request,
                 std::span<uint8_t> key) {
    // A failed decryption is a block of zeros: it takes the same path and is never good.
    const auto block = block_of(decrypted, modulus_size);
    if (request.transport == KeyTransport::Pkcs1) return decode_pkcs1(block.reveal(), key);
    return decode_oaep(block.reveal(), {request.oaep_hash, request.mgf_hash, request.oaep_label}, key);
}

Mask decode_from_token(const Decrypted& decrypted, std::span<uint8_t> key) {
    std::ranges::copy(decrypted.bytes.reveal().first(key.size()), key.begin());
    const bool good = decrypted.result == CKR_OK && decrypted.size == key.size();
    return static_cast<Mask>(-static_cast<int>(good));
}

Decrypted decrypt_natively(KeyUse& use, const ipc::UnwrapContentKey& request) {
    if (request.transport == KeyTransport::Pkcs1) return decrypt(use, {CKM_RSA_PKCS, nullptr, 0}, request.ciphertext);
    auto label = request.oaep_label;
    CK_RSA_PKCS_OAEP_PARAMS parameters{hash_mechanism(request.oaep_hash), mask_generation(request.mgf_hash),
                                       CKZ_DATA_SPECIFIED, label.empty() ? nullptr : label.data(), label.size()};
    return decrypt(use, {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters}, request.ciphertext);
}

void check_request(const Key& key, const ipc::UnwrapContentKey& request) {
    if (key.type != KeyType::Rsa) throw Error(ErrorCode::InvalidArgs, "the key cannot unwrap a content key");
    if (request.key_length != 16 && request.key_length != 24 && request.key_length != 32)
        throw Error(ErrorCode::InvalidArgs, "no content key has that length");
    if (request.ciphertext.size() != key.modulus_size())
        throw Error(ErrorCode::BadMessage, "the encrypted key is not as long as the modulus");
    const auto overhead = request.transport == KeyTransport::Pkcs1 ? 11 : 2 * digest_size(request.oaep_hash) + 2;
    if (key.modulus_size() < overhead + request.key_length)
        throw Error(ErrorCode::BadMessage, "the key is too small for its content");
}

struct Outcome {
    Decrypted decrypted;
    Padding padding;
};

/// Raw RSA where the token has it, so that no padding check of a token is trusted.
Outcome decrypt_by_best_way(KeyUse& use, const ipc::UnwrapContentKey& request) {
    auto& token = use.token();
    if (token.offers(CKM_RSA_X_509, CKF_DECRYPT)) {
        auto decrypted = decrypt(use, {CKM_RSA_X_509, nullptr, 0}, request.ciphertext);
        if (decrypted.refusal != CKR_MECHANISM_INVALID) return {std::move(decrypted), Padding::RemovedHere};
        token.never_again(CKM_RSA_X_509, CKF_DECRYPT);
    }
    return {decrypt_natively(use, request), Padding::RemovedByToken};
}

}  // namespace

SyntheticKeys::SyntheticKeys() : secret_(secret_size) {
    if (RAND_priv_bytes(secret_.reveal().data(), static_cast<int>(secret_.size())) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot make a secret");
}

Secret SyntheticKeys::for_ciphertext(ByteView ciphertext, size_t key_length) const {
    Secret key(digest_size(Digest::Sha256));
    if (!HMAC(EVP_sha256(), secret_.reveal().data(), static_cast<int>(secret_.size()), ciphertext.data(),
              ciphertext.size(), key.reveal().data(), nullptr))
        throw openssl_error(ErrorCode::Internal, "cannot derive a key");
    key.truncate(key_length);
    return key;
}

Secret unwrap_content_key(KeyUse& use, const SyntheticKeys& synthetic, const ipc::UnwrapContentKey& request) {
    const auto& key = use.key();
    check_request(key, request);
    const auto outcome = decrypt_by_best_way(use, request);
    require_ok("cannot decrypt", outcome.decrypted.refusal);
    Secret decoded(request.key_length);
    const auto good = outcome.padding == Padding::RemovedHere
                          ? decode_here(outcome.decrypted, key.modulus_size(), request, decoded.reveal())
                          : decode_from_token(outcome.decrypted, decoded.reveal());
    const auto other = synthetic.for_ciphertext(request.ciphertext, request.key_length);
    Secret answer(request.key_length);
    select(good, decoded.reveal(), other.reveal(), answer.reveal());
    return answer;
}

}  // namespace cardseal::token
