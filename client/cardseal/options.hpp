// SPDX-License-Identifier: LGPL-2.1-or-later
// How to sign, verify, encrypt, decrypt, decompress and inspect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cardseal/prompt.hpp"

namespace cardseal::client {

// Default is the daemon's choice wherever it stands; org.cardseal.Cardseal1(5) says which, under the Start* method of
// the call.

/// How a message is written. Smime: a MIME entity (multipart/signed or application/pkcs7-mime) made of a MIME entity,
/// whose line endings become CRLF. Der, Pem: of any bytes, as they are.
enum class Format { Smime, Der, Pem };
/// How a message that is read is written. Auto: any of these, or base64; a whole mail is Smime.
enum class Form { Auto, Smime, Der, Pem };
/// Ed25519 keys have SHA-512 whatever is asked for.
enum class Digest { Default, Sha256, Sha384, Sha512 };
/// Of signatures by RSA keys.
enum class Padding { Default, Pkcs1, Pss };
/// Which certificates a signature brings along for those who verify it. Chain: all but the root.
enum class Certificates { Default, None, Signer, Chain, All };
/// Where signed content is: beside its signature, readable without knowing S/MIME, or inside.
enum class Content { Detached, Opaque };
/// Message: a whole mail, of which a mail ready to send is made.
enum class Input { Content, Message };
/// Of a mail: Protected are those that are signed or encrypted as well (RFC 9788).
enum class Headers { Bare, Protected };
/// What happens to a signed mail; Encrypt has its protected headers hidden outside.
enum class Next { Send, Encrypt };
enum class Cipher { Default, Aes256Cbc, Aes256Gcm, Aes128Cbc, Aes128Gcm, ChaCha20Poly1305 };
/// How RSA recipients get the content-encryption key.
enum class RsaTransport { Default, Pkcs1, Oaep };
/// Compatible: what every mail program reads, better if each recipient is known to; Modern: AES-256-GCM and OAEP.
enum class Profile { Default, Compatible, Modern };

struct SignOptions {
    Format format = Format::Smime;
    Content content = Content::Detached;
    Digest digest = Digest::Default;
    Padding padding = Padding::Default;
    Certificates certificates = Certificates::Default;
    Input input = Input::Content;
    Headers headers = Headers::Bare;  ///< Input::Message only
    Next next = Next::Send;           ///< Headers::Protected only
    Prompt prompt{};
};

struct DecryptOptions {
    std::string key{};  ///< to use, as for `sign`; empty: the daemon chooses among the message's recipients
    Form form = Form::Auto;
    std::optional<std::string> part{};  ///< path of the part of a mail; default: the first that is encrypted
    Prompt prompt{};
};

struct DecompressOptions {
    Form form = Form::Auto;
    std::optional<std::string> part{};  ///< path of the part of a mail; default: the first that is compressed
};

struct VerifyOptions {
    Form form = Form::Auto;
    int content = -1;                           ///< borrowed: the signed content of a detached signature, or -1
    int output = -1;                            ///< borrowed: where the content goes if everything is valid, or -1
    std::vector<std::vector<uint8_t>> trust{};  ///< further trust anchors, DER or PEM, one certificate each
    std::optional<uint64_t> time{};             ///< judge chains at this time, seconds since 1970; default: now
    std::optional<std::string> part{};          ///< path of the part of a mail; default: the first that is signed
    /// Whom the mail is from as the caller saw it: addresses of From and Sender. Empty: the mail's own header counts.
    std::vector<std::string> from{};
};

struct InspectOptions {
    Form form = Form::Auto;
};

struct EncryptOptions {
    Format format = Format::Smime;
    Cipher cipher = Cipher::Default;
    RsaTransport rsa_transport = RsaTransport::Default;
    Profile profile = Profile::Default;  ///< chooses cipher and RSA transport where they are not named
    std::vector<std::string>
        addresses{};  ///< at most 256 recipients whose certificates the daemon finds in its folders
    Input input = Input::Content;
    Headers headers = Headers::Bare;  ///< Input::Message only
    std::string originator{};  ///< key of the sender, who can read it too; empty: all that are present; "none": nobody
    Prompt prompt{};
};

}  // namespace cardseal::client
