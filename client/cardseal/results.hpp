// SPDX-License-Identifier: LGPL-2.1-or-later
// What signing, verifying, encrypting, decrypting and inspecting give back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cardseal::client {

/// Bytes that were read from the input, and written to the output.
struct Transfer {
    uint64_t bytes_in = 0;
    uint64_t bytes_out = 0;
};

/// A field of a mail's header. Both come from the message: escape them before showing them.
struct Header {
    std::string name;
    std::string value;  ///< unfolded; encoded words (RFC 2047) stay
};

/// One part of a mail in the mail's order, each before those in it; a message that is no mail is one part. The texts
/// come from the mail: escape them before showing them.
struct Part {
    std::string path;        ///< "1.2": the second part of the first; "": the whole message
    std::string media_type;  ///< lower case; empty if the message is no mail
    std::string kind;        ///< "plain"; "signed", "enveloped", "compressed": for verify, decrypt and decompress;
                             ///< "certificates": a message of certificates only
    std::string file_name;   ///< as the mail suggests it
    uint64_t bytes = 0;      ///< in the message, with its header
    bool covered = false;    ///< of a verification or decryption: whether it speaks of this part
};

struct Inspection {
    uint64_t bytes_in = 0;
    std::vector<Part> parts;
};

struct Decryption {
    Transfer transfer;
    std::string integrity;       ///< "aead": the content's authenticity was checked; "none": the cipher cannot do that
    std::string content_cipher;  ///< "aes-256-cbc"
    std::string key;             ///< id of the key used
    std::vector<uint8_t> certificate;  ///< of that key, DER
    std::vector<Header> headers;       ///< protected with the content (RFC 9788); empty if none are
    std::vector<std::string> notes;    ///< what to know, such as that its certificate has expired
    std::vector<Part> parts;           ///< what is not covered was not encrypted
    std::vector<uint8_t> content;      ///< of a message in memory; empty if it went to a descriptor
};

/// One signer of a verified message. The texts come from its certificate: escape them before showing them.
struct Signer {
    bool valid = false;
    std::string signature;    ///< "good", "bad"
    std::string chain;        ///< "trusted", "untrusted", "expired", "revoked", "unknown"
    std::string reason;       ///< why it is not valid, or what to know; mostly empty if it is
    std::string fingerprint;  ///< of its certificate: SHA-256, 64 hex digits
    std::string subject;
    std::vector<std::string> addresses;  ///< e-mail addresses of its certificate
    uint64_t signing_time = 0;           ///< as the signer claims it, seconds since 1970; 0: not said
    std::string digest_algorithm;
    std::string signature_algorithm;
    std::string revocation;               ///< "good", "revoked", "unknown"
    std::string revocation_reason;        ///< why not good
    std::vector<std::string> weaknesses;  ///< sentences about its algorithms and key
    std::string address_match;  ///< "match", "mismatch", "unchecked": with the addresses that the mail is from
    std::string key_algorithm;  ///< "rsa", "rsa-pss", "ec", "ed25519"
    uint32_t key_bits = 0;
    std::vector<uint8_t> certificate;  ///< DER; empty if it was not found or the answer had no room for it
};

struct Verification {
    bool valid = false;  ///< at least one signer, and every signer valid
    Transfer transfer;
    std::vector<Signer> signers;
    std::vector<Header> headers;  ///< signed with the content (RFC 9788); empty if none are, or it is not valid
    std::vector<Part> parts;      ///< what is not covered was not signed by these signers
    /// Of a message in memory that is valid and not detached: what was signed. Else empty.
    std::vector<uint8_t> content;
};

}  // namespace cardseal::client
