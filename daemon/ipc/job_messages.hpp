// SPDX-License-Identifier: LGPL-2.1-or-later
// Broker and CMS worker: the job, what the worker may ask for while it runs, and how it ended.
//
// What crosses here, and who is believed: the worker believes the broker. The broker believes nothing that a worker
// says beyond the job's own result: each request is looked up in the job's table of permissions and counted.
//
// A job packet carries its descriptors in the order given at each struct. While it runs the worker sends
//   SignerAttributes     (type SignAttributes)   -> Signature | Failure
//   ChooseRecipient                              -> ChosenRecipient | Failure   (waits for a PIN if need be)
//   UnwrapContentKey, AgreeKey                   -> SymmetricKey | Failure
//   OpenSpool (Empty)                            -> SpoolFile (Empty) + fd | Failure
//   Progress                                     -> no answer
//   Learned, CertificateFound, CertificateJudged -> no answer (certificate_messages.hpp)
//   Finished                                     -> no answer; the job's end
#pragma once

#include "ipc/private_key_requests.hpp"
#include "ipc/token_messages.hpp"

namespace cardseal::ipc {

/// How a message is written: bare DER/BER, PEM, or a MIME entity.
enum class OutputForm : uint16_t { Der, Pem, Smime };
/// The form of a message to read; Auto recognises DER, PEM, bare base64 and S/MIME.
enum class InputForm : uint16_t { Auto, Der, Pem, Smime };
enum class Detachment : uint16_t { Detached, Opaque };
/// Mail: a whole mail (RFC 5322), whose outer header stays outside.
enum class InputKind : uint16_t { Content, Mail };
/// RFC 9788, of a mail: the header fields inside too; Cipher hides some of them outside.
enum class HeaderProtection : uint16_t { None, Clear, Cipher };
/// What a signer brings along. Chain: the certificates above the signer's, but no root; All: with the root.
enum class IncludedCertificates : uint16_t { None, Signer, Chain, All };
/// Foreign: others may still change it; it is copied before use. Private: the broker's own sealed memory file.
enum class InputOrigin : uint16_t { Foreign, Private };

struct SignerSetup {
    KeyType type = KeyType::Rsa;
    Digest digest = Digest::Sha256;
    SignaturePadding padding = SignaturePadding::Pkcs1;
    Bytes certificate;
    std::vector<Bytes> chain;
    Bytes encryption_certificate = {};  ///< what mail to the signer is encrypted to; empty: none, or `certificate`

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(type, last_key_type);
        codec.choice(digest, last_signature_digest);
        codec.choice(padding, last_signature_padding);
        codec.blob(certificate, max_certificate);
        codec.list(chain, max_chain, [&](Bytes& item) { codec.blob(item, max_certificate); });
        codec.blob(encryption_certificate, max_certificate);
    }
};

inline constexpr size_t max_signers_made = 16;
inline constexpr size_t max_part_path = 256;     ///< bytes
inline constexpr size_t max_parts = 1000;        ///< of a mail, itself included
inline constexpr size_t max_part_text = 255;     ///< bytes of a media type or a file name
inline constexpr size_t max_parts_text = 65536;  ///< bytes of all paths, media types and file names of a mail

/// Descriptors: input, output.
struct SignJob {
    OutputForm form = OutputForm::Smime;
    Detachment detachment = Detachment::Detached;
    InputKind input = InputKind::Content;
    HeaderProtection header_protection = HeaderProtection::None;
    IncludedCertificates certificates = IncludedCertificates::All;
    InputOrigin origin = InputOrigin::Foreign;
    uint64_t signing_time = 0;  ///< seconds since 1970
    std::vector<SignerSetup> signers;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, OutputForm::Smime);
        codec.choice(detachment, Detachment::Opaque);
        codec.choice(input, InputKind::Mail);
        codec.choice(header_protection, HeaderProtection::Cipher);
        codec.choice(certificates, IncludedCertificates::All);
        codec.choice(origin, InputOrigin::Private);
        codec.number(signing_time);
        codec.list(signers, max_signers_made, [&](SignerSetup& signer) { codec.nested(signer); });
    }
};

inline constexpr size_t max_from = 64, max_address = 512;  ///< addresses, and bytes of each

/// Which part of a mail a job works on; by default the first of the kind that fits the job.
struct PartSelection {
    bool given = false;
    std::string path;  ///< "1.2"; "": the whole message

    template <class Codec>
    void fields(Codec& codec) {
        codec.flag(given);
        codec.text(path, max_part_path);
    }
};

/// Descriptors: input, anchors, CRLs (blob files, see blob_file.hpp), then content if `has_content`, then output if
/// `has_output`.
struct VerifyJob {
    InputForm form = InputForm::Auto;
    InputOrigin origin = InputOrigin::Foreign;
    uint64_t verification_time = 0;      ///< seconds since 1970: chains are judged then
    bool has_content = false;            ///< detached content
    bool has_output = false;             ///< where the signed content goes if everything is valid
    std::vector<std::string> from = {};  ///< who the caller says the mail is from; empty: as the mail's own header says
    PartSelection part = {};

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, InputForm::Smime);
        codec.choice(origin, InputOrigin::Private);
        codec.number(verification_time);
        codec.flag(has_content);
        codec.flag(has_output);
        codec.list(from, max_from, [&](std::string& address) { codec.text(address, max_address); });
        codec.nested(part);
    }
};

/// How the algorithms of an encryption are chosen when nobody names them. Compatible: AES-256-CBC and RSA v1.5 unless
/// capabilities say that better is read; Modern: AES-256-GCM and OAEP.
enum class EncryptionProfile : uint16_t { Compatible, Modern };

/// A packet has room for so many.
inline constexpr size_t max_addresses = 256;

/// Descriptors: input, output, recipients' certificates (blob file: DER or PEM each, the sender's own last),
/// certificate folders (blob file of StoredCertificate, certificate_messages.hpp), anchors, CRLs (blob files).
struct EncryptJob {
    OutputForm form = OutputForm::Smime;
    EncryptionProfile profile = EncryptionProfile::Compatible;
    bool has_cipher = false;         ///< else the profile chooses
    bool has_rsa_transport = false;  ///< likewise
    ContentCipher cipher = ContentCipher::Aes256Cbc;
    KeyTransport rsa_transport = KeyTransport::Pkcs1;
    InputOrigin origin = InputOrigin::Foreign;
    uint64_t encryption_time = 0;        ///< seconds since 1970: recipients' certificates must be valid then
    uint32_t originators = 0;            ///< certificates at the end of the recipients' that are the sender's own
    std::vector<std::string> addresses;  ///< recipients to be found in the folders
    InputKind input = InputKind::Content;
    HeaderProtection header_protection = HeaderProtection::None;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, OutputForm::Smime);
        codec.choice(profile, EncryptionProfile::Modern);
        codec.flag(has_cipher);
        codec.flag(has_rsa_transport);
        codec.choice(cipher, last_content_cipher);
        codec.choice(rsa_transport, last_key_transport);
        codec.choice(input, InputKind::Mail);
        codec.choice(header_protection, HeaderProtection::Cipher);
        codec.choice(origin, InputOrigin::Private);
        codec.number(encryption_time);
        codec.number(originators);
        codec.list(addresses, max_addresses, [&](std::string& item) { codec.text(item, max_address); });
    }
};

/// Descriptors: input, output.
struct DecryptJob {
    InputForm form = InputForm::Auto;
    InputOrigin origin = InputOrigin::Foreign;
    PartSelection part = {};

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, InputForm::Smime);
        codec.choice(origin, InputOrigin::Private);
        codec.nested(part);
    }
};

/// Which parts a message has. Descriptors: input.
struct InspectJob {
    InputForm form = InputForm::Auto;
    InputOrigin origin = InputOrigin::Foreign;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, InputForm::Smime);
        codec.choice(origin, InputOrigin::Private);
    }
};

/// Descriptors: input, output.
struct DecompressJob {
    InputForm form = InputForm::Auto;
    InputOrigin origin = InputOrigin::Foreign;
    PartSelection part = {};

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(form, InputForm::Smime);
        codec.choice(origin, InputOrigin::Private);
        codec.nested(part);
    }
};

/// One signature per signer of the job, by its index.
struct SignerAttributes {
    uint32_t signer = 0;
    SignAttributes operation;

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(signer);
        codec.nested(operation);
    }
};

enum class RecipientIdentifierKind : uint16_t { IssuerSerial, SubjectKeyIdentifier };

/// A recipient that the message names, in a form that the broker can compare without parsing.
struct RecipientIdentifier {
    RecipientIdentifierKind kind = RecipientIdentifierKind::IssuerSerial;
    Bytes value;  ///< SHA-256 of the DER IssuerAndSerialNumber, or the subject key identifier

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(kind, RecipientIdentifierKind::SubjectKeyIdentifier);
        codec.blob(value, 256);
    }
};

inline constexpr size_t max_recipients = 1000;

/// All recipients that this worker could use, in message order.
struct ChooseRecipient {
    std::vector<RecipientIdentifier> recipients;

    template <class Codec>
    void fields(Codec& codec) {
        codec.list(recipients, max_recipients, [&](RecipientIdentifier& item) { codec.nested(item); });
    }
};

struct ChosenRecipient {
    uint32_t index = 0;  ///< into ChooseRecipient::recipients
    KeyType type = KeyType::Rsa;
    Bytes certificate;  ///< DER

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(index);
        codec.choice(type, last_key_type);
        codec.blob(certificate, max_certificate);
    }
};

struct Progress {
    uint64_t bytes_in = 0, bytes_out = 0;
    uint64_t bytes_total = 0;  ///< of the input; 0: not known

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(bytes_in);
        codec.number(bytes_out);
        codec.number(bytes_total);
    }
};

enum class SignatureVerdict : uint16_t { Good, Bad };
enum class ChainVerdict : uint16_t { Trusted, Untrusted, Expired, Revoked, Unknown };
enum class RevocationVerdict : uint16_t { Good, Revoked, Unknown };
/// Of a certificate's addresses with those that a mail says it is from.
enum class AddressMatch : uint16_t { Match, Mismatch, Unchecked };

inline constexpr size_t max_signer_addresses = 16;

struct SignerReport {
    bool valid = false;
    SignatureVerdict signature = SignatureVerdict::Bad;
    ChainVerdict chain = ChainVerdict::Unknown;
    std::string reason;       ///< why not valid, or what to know; lower case
    std::string fingerprint;  ///< hex SHA-256 of the signer's certificate; empty if it was not found
    std::string subject;      ///< RFC 2253 text
    std::vector<std::string> addresses;
    uint64_t signing_time = 0;  ///< as claimed; 0: not given
    std::string digest_algorithm, signature_algorithm;
    RevocationVerdict revocation = RevocationVerdict::Unknown;
    std::string revocation_reason;  ///< why not good; lower case
    std::vector<std::string> weaknesses;
    AddressMatch address_match = AddressMatch::Unchecked;
    std::string key_algorithm;  ///< "rsa", "rsa-pss", "ec", "ed25519"; empty if there is no certificate
    uint32_t key_bits = 0;
    Bytes certificate;  ///< DER; empty if it was not found, or the packet has no room for it

    template <class Codec>
    void fields(Codec& codec) {
        codec.flag(valid);
        codec.choice(signature, SignatureVerdict::Bad);
        codec.choice(chain, ChainVerdict::Unknown);
        codec.text(reason, 1024);
        codec.text(fingerprint, 64);
        codec.text(subject, 1024);
        codec.list(addresses, max_signer_addresses, [&](std::string& item) { codec.text(item, max_address); });
        codec.number(signing_time);
        codec.text(digest_algorithm, 64);
        codec.text(signature_algorithm, 64);
        codec.choice(revocation, RevocationVerdict::Unknown);
        codec.text(revocation_reason, 256);
        codec.list(weaknesses, 8, [&](std::string& item) { codec.text(item, 256); });
        codec.choice(address_match, AddressMatch::Unchecked);
        codec.text(key_algorithm, 16);
        codec.number(key_bits);
        codec.blob(certificate, max_certificate);
    }
};

/// How well the content of a decrypted message was protected against change.
enum class Integrity : uint16_t { NotApplicable, None, Aead };

inline constexpr size_t max_headers = 256;
inline constexpr size_t max_header_bytes = 32 * 1024;  ///< names and values of all

/// A header field: its name as written and its unfolded value (RFC 5322 §2.2.3).
struct HeaderText {
    std::string name, value;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(name, max_header_bytes);
        codec.text(value, max_header_bytes);
    }
};

/// What a job can do with a part: nothing, verify, decrypt, decompress, or take certificates from it.
enum class PartKind : uint16_t { Plain, Signed, Enveloped, Compressed, Certificates };

/// One part of a mail in the order of the mail, or a message that is no mail.
struct PartReport {
    std::string path;        ///< "1.2": the second part of the first; "": the whole message
    std::string media_type;  ///< lower case; empty if the message is no mail
    PartKind kind = PartKind::Plain;
    std::string file_name;
    uint64_t bytes = 0;    ///< in the message, with its header
    bool covered = false;  ///< verify, decrypt, decompress: whether the result speaks of it

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(path, max_part_path);
        codec.text(media_type, max_part_text);
        codec.choice(kind, PartKind::Certificates);
        codec.text(file_name, max_part_text);
        codec.number(bytes);
        codec.flag(covered);
    }
};

/// How the job ended; `code` None is success. A signature that is not valid is a success of the verify job.
struct Finished {
    ErrorCode code = ErrorCode::None;
    std::string message;
    uint64_t bytes_in = 0, bytes_out = 0;
    Integrity integrity = Integrity::NotApplicable;  ///< decrypt
    std::string content_cipher;                      ///< decrypt and encrypt: "aes-256-cbc"
    bool valid = false;                              ///< verify: at least one signer, and each is valid
    std::vector<SignerReport> signers;               ///< verify: in message order
    std::vector<std::string> recipients;             ///< encrypt: fingerprints of the certificates used
    std::vector<HeaderText> headers;                 ///< verify if valid, decrypt: the content's own (RFC 9788)
    std::vector<std::string> transports;             ///< encrypt: how each got the key: "rsa-pkcs1", "rsa-oaep", "ecdh"
    std::vector<PartReport> parts;                   ///< verify, decrypt, decompress, inspect

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(code, ErrorCode::DaemonUnreachable);
        codec.text(message, 4096);
        codec.number(bytes_in);
        codec.number(bytes_out);
        codec.choice(integrity, Integrity::Aead);
        codec.text(content_cipher, 64);
        codec.flag(valid);
        codec.list(signers, 64, [&](SignerReport& signer) { codec.nested(signer); });
        codec.list(recipients, max_recipients, [&](std::string& item) { codec.text(item, 64); });
        codec.list(headers, max_headers, [&](HeaderText& item) { codec.nested(item); });
        codec.list(transports, max_recipients, [&](std::string& item) { codec.text(item, 16); });
        codec.list(parts, max_parts, [&](PartReport& part) { codec.nested(part); });
    }
};

}  // namespace cardseal::ipc
