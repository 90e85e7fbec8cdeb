// SPDX-License-Identifier: LGPL-2.1-or-later
// Broker and token worker: what may be asked of the process that holds a PKCS#11 module, and what it tells.
//
// What crosses here, and who is believed: the token worker believes the broker about who may use which key, and checks
// every length and structure itself, because parts of the fields come from mail. The broker believes the token worker
// about its own tokens only, within these caps. No PIN crosses: the worker reads it from pinentry's own socket.
//
// Requests and their answers (each may be answered by Failure instead):
//   ListTokens            -> SlotFound*, TokenFound*, KeyFound*, Done   (all with the request's number)
//   Login + fd            -> LoginEnded      fd: the worker's end of pinentry's stream socket
//   Logout                -> Done
//   TokenSignAttributes   -> Signature       each with pinentry's socket, too, if it has an authorization
//   TokenUnwrapContentKey -> SymmetricKey
//   TokenAgreeKey         -> SymmetricKey
//   ShowNotice + fd       -> Done            at once; the notice stays until the broker ends pinentry
//   Confirm + fd          -> LoginEnded
//   ChangePin + fd        -> LoginEnded
//   UnblockPin + fd       -> LoginEnded
// The token worker tells unasked, as request 0:
//   TokensChanged         something came or went since the last ListTokens, or may have: look again
//   Failure               it has no module to work with, and why; it ends
#pragma once

#include <array>

#include "ipc/private_key_requests.hpp"

namespace cardseal::ipc {

inline constexpr size_t max_certificate = 16 * 1024;
inline constexpr size_t max_chain = 8;

template <class Codec>
void key_reference_fields(Codec& codec, KeyReference& reference) {
    codec.text(reference.token.value, 1024);
    codec.text(reference.key.value, 128);
}

/// What CK_TOKEN_INFO says of the user PIN (PKCS#11 §3.2).
enum class PinState : uint16_t { Normal, CountLow, FinalTry, Locked };
/// How a person proves themselves to the token.
enum class Authentication : uint16_t { None, Pin, PinPad };

/// A place for a token (PKCS#11: slot): for people, a card reader.
struct SlotFound {
    uint64_t slot = 0;
    std::string description;
    bool has_token = false;
    bool token_initialised = false;

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(slot);
        codec.text(description, 256);
        codec.flag(has_token);
        codec.flag(token_initialised);
    }

    bool operator==(const SlotFound&) const = default;
};

struct TokenFound {
    TokenId id;
    std::string label, manufacturer, model, serial;
    uint64_t slot = 0;
    Authentication authentication = Authentication::Pin;
    PinState pin_state = PinState::Normal;
    bool logged_in = false;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(id.value, 1024);
        for (auto* part : {&label, &manufacturer, &model, &serial}) codec.text(*part, 256);
        codec.number(slot);
        codec.choice(authentication, Authentication::PinPad);
        codec.choice(pin_state, PinState::Locked);
        codec.flag(logged_in);
    }

    bool operator==(const TokenFound&) const = default;
};

/// A private key with its certificate. Everything here is readable before login; facts about the certificate are
/// computed by the token worker so that the broker parses nothing. A key that has no certificate yet has an empty one,
/// and nothing that follows from one: it may neither sign nor decrypt.
struct KeyFound {
    KeyReference reference;
    std::string label;
    std::string uri;  ///< PKCS#11 URI of the key (RFC 7512)
    KeyType type = KeyType::Rsa;
    uint32_t bits = 0;
    std::string curve;  ///< of an EC key, OpenSSL's short name ("prime256v1"); else empty
    bool has_private_key =
        true;  ///< false: a certificate whose key is not seen on the token (may be hidden until login)
    bool always_authenticate = false;
    bool may_sign = false;     ///< the certificate's keyUsage allows digitalSignature or nonRepudiation (absent: yes)
    bool may_decrypt = false;  ///< keyEncipherment (RSA) or keyAgreement (EC) (absent: yes)
    Bytes certificate;         ///< DER
    std::vector<Bytes> chain;  ///< DER, further certificates of this token from its issuer upwards, root last if there
    std::string fingerprint;   ///< hex SHA-256 of the certificate's DER
    std::array<uint8_t, 32> issuer_serial{};  ///< SHA-256 of the DER IssuerAndSerialNumber (RFC 5652 §10.2.4)
    Bytes subject_key_identifier;             ///< the extension's value; empty if absent
    std::string subject;                      ///< RFC 2253 text, for people
    std::vector<std::string> addresses;       ///< rfc822Name entries and PKCS#9 emailAddress
    uint64_t not_before = 0, not_after = 0;   ///< seconds since 1970

    template <class Codec>
    void fields(Codec& codec) {
        key_reference_fields(codec, reference);
        codec.text(label, 1024);
        codec.text(uri, 4096);
        codec.choice(type, last_key_type);
        codec.number(bits);
        codec.text(curve, 64);
        for (auto* flag : {&has_private_key, &always_authenticate, &may_sign, &may_decrypt}) codec.flag(*flag);
        codec.blob(certificate, max_certificate);
        codec.list(chain, max_chain, [&](Bytes& item) { codec.blob(item, max_certificate); });
        codec.text(fingerprint, 64);
        codec.fixed(issuer_serial);
        codec.blob(subject_key_identifier, 256);
        codec.text(subject, 4096);
        codec.list(addresses, 64, [&](std::string& item) { codec.text(item, 512); });
        codec.number(not_before);
        codec.number(not_after);
    }

    bool operator==(const KeyFound&) const = default;
};

/// Where and how pinentry should ask; every text is shown to the person as it is.
struct Prompt {
    std::string title;        ///< of the window
    std::string description;  ///< which program wants what with which key, several lines
    /// pinentry's OPTIONs (display, ttyname, ttytype, lc-ctype) as "name=value"
    std::vector<std::string> options;
    uint32_t timeout_ms = 60'000;  ///< how long the prompt may stand

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(title, 256);
        codec.text(description, 4096);
        codec.list(options, 8, [&](std::string& item) { codec.text(item, 512); });
        codec.number(timeout_ms);
    }
};

struct Login {
    TokenId token;
    Prompt prompt;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(token.value, 1024);
        codec.nested(prompt);
    }
};

/// Is shown (ShowNotice), to be agreed to (Confirm), or asks for a new PIN (ChangePin, UnblockPin).
struct Notice {
    TokenId token;
    Prompt prompt;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(token.value, 1024);
        codec.nested(prompt);
    }
};

/// LoggedIn: or what else the person was asked for has been done.
enum class LoginResult : uint16_t { LoggedIn, Cancelled, TimedOut, Incorrect, Locked, PinentryFailed };

/// None for LoggedIn.
constexpr ErrorCode error_code_of(LoginResult result) {
    switch (result) {
        case LoginResult::LoggedIn:
            return ErrorCode::None;
        case LoginResult::Cancelled:
            return ErrorCode::PinCancelled;
        case LoginResult::TimedOut:
            return ErrorCode::PinTimeout;
        case LoginResult::Incorrect:
            return ErrorCode::PinIncorrect;
        case LoginResult::Locked:
            return ErrorCode::PinLocked;
        case LoginResult::PinentryFailed:
            break;
    }
    return ErrorCode::PinentryFailed;
}

/// How a login ended; failures of the token itself come as Failure.
struct LoginEnded {
    LoginResult result = LoginResult::LoggedIn;
    std::string message;  ///< for people; empty with LoggedIn

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(result, LoginResult::PinentryFailed);
        codec.text(message, 1024);
    }
};

struct Logout {
    TokenId token;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(token.value, 1024);
    }
};

/// A private-key operation with the key that the broker chose for it.
template <class Operation>
struct WithKey {
    KeyReference key;
    Operation operation;
    /// How to ask for the PIN if the key wants it for each use (CKA_ALWAYS_AUTHENTICATE); no description: not at all.
    Prompt authorization = {};

    template <class Codec>
    void fields(Codec& codec) {
        key_reference_fields(codec, key);
        codec.nested(operation);
        codec.nested(authorization);
    }
};

using TokenSignAttributes = WithKey<SignAttributes>;
using TokenUnwrapContentKey = WithKey<UnwrapContentKey>;
using TokenAgreeKey = WithKey<AgreeKey>;

}  // namespace cardseal::ipc
