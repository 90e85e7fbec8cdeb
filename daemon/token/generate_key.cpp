// SPDX-License-Identifier: LGPL-2.1-or-later
// generate_key: which kinds of key a token makes, and making one.
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "token/certificate_facts.hpp"
#include "token/object_template.hpp"
#include "token/return_values.hpp"
#include "token/token_care.hpp"
#include "token/token_writing.hpp"

namespace cardseal::token {

namespace {

using Is = ObjectTemplate::Is;
using ipc::NewKeyAlgorithm;

/// RFC 5480 §2.1.1.1, RFC 8410 §3.
constexpr uint8_t curve_p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr uint8_t curve_p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr uint8_t curve_p521[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr uint8_t curve_ed25519[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr uint8_t public_exponent[] = {0x01, 0x00, 0x01};
constexpr size_t object_id_size = 20;

struct KeyKind {
    NewKeyAlgorithm algorithm;
    const char* name;
    CK_MECHANISM_TYPE generation;
    CK_KEY_TYPE type;
    CK_ULONG bits;
    ByteView curve;
};

const auto kinds = std::to_array<KeyKind>({
    {NewKeyAlgorithm::Rsa2048, "rsa2048", CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 2048, {}},
    {NewKeyAlgorithm::Rsa3072, "rsa3072", CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 3072, {}},
    {NewKeyAlgorithm::Rsa4096, "rsa4096", CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 4096, {}},
    {NewKeyAlgorithm::P256, "p256", CKM_EC_KEY_PAIR_GEN, CKK_EC, 256, curve_p256},
    {NewKeyAlgorithm::P384, "p384", CKM_EC_KEY_PAIR_GEN, CKK_EC, 384, curve_p384},
    {NewKeyAlgorithm::P521, "p521", CKM_EC_KEY_PAIR_GEN, CKK_EC, 521, curve_p521},
    {NewKeyAlgorithm::Ed25519, "ed25519", CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS, 0, curve_ed25519},
});
constexpr auto preferred = std::to_array({NewKeyAlgorithm::Rsa3072, NewKeyAlgorithm::Rsa2048, NewKeyAlgorithm::P256});

const KeyKind& kind_of(NewKeyAlgorithm algorithm) {
    const auto* kind = std::ranges::find(kinds, algorithm, &KeyKind::algorithm);
    if (kind == kinds.end()) throw Error(ErrorCode::Internal, "key algorithm out of range");
    return *kind;
}

/// As the module says. It tells no sizes (0) or wrong ones for Edwards curves.
bool makes(const Token& token, const KeyKind& kind) {
    CK_MECHANISM_INFO info{};
    if (token.functions().C_GetMechanismInfo(token.slot(), kind.generation, &info) != CKR_OK) return false;
    const bool fits =
        kind.bits == 0 || info.ulMaxKeySize == 0 || (info.ulMinKeySize <= kind.bits && kind.bits <= info.ulMaxKeySize);
    return (info.flags & CKF_GENERATE_KEY_PAIR) && fits;
}

Error cannot_make(const Token& token, const std::string& what) {
    std::string names;
    for (const auto& kind : kinds)
        if (makes(token, kind)) names += (names.empty() ? "" : ", ") + std::string(kind.name);
    return Error(ErrorCode::UnsupportedAlgorithm, names.empty() ? "cannot make a key: the token makes none itself"
                                                                : "cannot make " + what + ": the token makes " + names);
}

const KeyKind& chosen_kind(const Token& token, NewKeyAlgorithm algorithm) {
    if (algorithm == NewKeyAlgorithm::Default) {
        for (const auto each : preferred)
            if (makes(token, kind_of(each))) return kind_of(each);
        throw cannot_make(token, "a key that most mail programs read");
    }
    const auto& kind = kind_of(algorithm);
    if (!makes(token, kind)) throw cannot_make(token, std::string("an ") + kind.name + " key");
    return kind;
}

/// Any value will do that no other object has: it only joins the key's objects.
Bytes new_object_id() {
    Bytes id(object_id_size);
    if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1)
        throw openssl_error(ErrorCode::Internal, "no random bytes");
    return id;
}

struct KeyPair {
    ObjectTemplate public_key, private_key;
};

void describe_both(KeyPair& pair, const KeyKind& kind, const std::string& label, ByteView id) {
    for (auto* half : {&pair.public_key, &pair.private_key})
        half->add_flag(CKA_TOKEN, Is::Yes)
            .add_number<CK_KEY_TYPE>(CKA_KEY_TYPE, kind.type)
            .add(CKA_LABEL, bytes_of(label))
            .add(CKA_ID, id);
}

void describe_public(ObjectTemplate& half, const KeyKind& kind, Is encrypts) {
    half.add_flag(CKA_PRIVATE, Is::No).add_flag(CKA_VERIFY, Is::Yes);
    if (kind.type != CKK_RSA) {
        half.add(CKA_EC_PARAMS, kind.curve);
        return;
    }
    half.add_flag(CKA_ENCRYPT, encrypts)
        .add_number<CK_ULONG>(CKA_MODULUS_BITS, kind.bits)
        .add(CKA_PUBLIC_EXPONENT, public_exponent);
}

/// It never leaves the token, and is used after a login only.
void describe_private(ObjectTemplate& half, const KeyKind& kind, Is decrypts) {
    half.add_flag(CKA_PRIVATE, Is::Yes)
        .add_flag(CKA_SENSITIVE, Is::Yes)
        .add_flag(CKA_EXTRACTABLE, Is::No)
        .add_flag(CKA_SIGN, Is::Yes);
    if (kind.type == CKK_RSA) half.add_flag(CKA_DECRYPT, decrypts);
    if (kind.type == CKK_EC) half.add_flag(CKA_DERIVE, decrypts);
}

}  // namespace

ipc::KeyFound generate_key(Token& token, const ipc::GenerateKey& request) {
    const auto& kind = chosen_kind(token, request.algorithm);
    const auto decrypts = request.use == ipc::NewKeyUse::Both ? Is::Yes : Is::No;
    KeyPair pair;
    describe_both(pair, kind, request.label, new_object_id());
    describe_public(pair.public_key, kind, decrypts);
    describe_private(pair.private_key, kind, decrypts);
    std::vector<PublicKeyObject> made;
    write_to(token, "cannot make a key", [&](CK_SESSION_HANDLE session) {
        CK_MECHANISM mechanism{kind.generation, nullptr, 0};
        CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE, private_key = CK_INVALID_HANDLE;
        const auto result = token.functions().C_GenerateKeyPair(session, &mechanism, pair.public_key.data(),
                                                                pair.public_key.size(), pair.private_key.data(),
                                                                pair.private_key.size(), &public_key, &private_key);
        return result == CKR_OK ? read_public_key(token.functions(), session, public_key, made) : result;
    });
    auto facts = made.empty() ? std::nullopt : uncertified_key(token.id(), made.front());
    if (!facts) throw Error(ErrorCode::ModuleFailed, "the token made a key and does not tell its public half");
    return std::move(*facts);
}

}  // namespace cardseal::token
