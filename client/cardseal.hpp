// SPDX-License-Identifier: LGPL-2.1-or-later
// The client library: lists keys and certificates, inspects, signs, verifies, encrypts and decrypts through the
// Cardseal daemon.
//
// Every call talks to org.cardseal.Cardseal1 on the session bus, which starts the daemon if it does not run, and
// returns when the work is done; a person may be asked for a PIN meanwhile, so a call can take minutes. Failures are
// thrown as Error. What crosses here: descriptors and options go to the daemon, which reads and writes the mail itself;
// no mail byte, PIN or key passes through this library. The daemon's answers are believed.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cardseal::client {

/// Why a call failed. The names are those of the daemon's error table, such as "PinCancelled"; "DaemonUnreachable"
/// is made here when the bus or the daemon does not answer or goes away.
class Error final : public std::exception {
public:
    /// `dbus_name` is a full D-Bus error name; one that the table does not know counts as Internal.
    Error(const std::string& dbus_name, std::string message);

    /// The last part of the D-Bus error name: "PinCancelled".
    const std::string& name() const { return name_; }
    /// What failed and why: lower case, no full stop, for people; holds no PIN, key or plaintext.
    const std::string& message() const { return message_; }
    /// The next step for a person to take, one sentence without a full stop.
    const std::string& hint() const { return hint_; }
    /// What a command that failed with this exits with: 2 for wrong use, else 3.
    int exit_status() const { return exit_status_; }
    /// "NAME: MESSAGE"
    const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string name_;
    std::string message_;
    std::string hint_;
    std::string what_;
    int exit_status_;
};

/// Whether the daemon may ask a person for a PIN, or answers InteractionRequired instead.
enum class Interaction { Allowed, None };

/// How to ask for a PIN, and where: empty members are not sent.
struct Prompt {
    Interaction interaction = Interaction::Allowed;
    std::string display;   ///< the X11 or Wayland display
    std::string ttyname;   ///< device of the terminal, "/dev/pts/3"
    std::string ttytype;   ///< its type, "xterm"
    std::string lc_ctype;  ///< its character set's locale, "de_DE.UTF-8"

    /// The prompt for the terminal and display of this process: its standard descriptors and its environment.
    static Prompt of_this_process();
};

/// How far a job is, in bytes; `bytes_total` is the input's size, or 0 if it is not known.
struct Progress {
    uint64_t bytes_in = 0;
    uint64_t bytes_out = 0;
    uint64_t bytes_total = 0;
};

/// How to follow a call and how to end it.
struct Watch {
    /// Called in the caller's thread, at most ten times a second while bytes move. An exception it throws cancels the
    /// job and leaves the call.
    std::function<void(const Progress&)> progress;
    /// Borrowed descriptor (eventfd, signalfd, pipe) or -1. The job is cancelled as soon as it is readable, and the
    /// call throws Cancelled; it is never read from. May be made readable by any thread or signal handler.
    int cancel_descriptor = -1;
};

enum class Format { Smime, Der, Pem };
enum class Form { Auto, Smime, Der, Pem };
enum class Digest { Default, Sha256, Sha384, Sha512 };
enum class Padding { Default, Pkcs1, Pss };
enum class Content { Detached, Opaque };
/// Message: a whole mail, of which a mail ready to send is made.
enum class Input { Content, Message };
/// Of a mail: Protected are those that are signed or encrypted as well (RFC 9788).
enum class Headers { Bare, Protected };
/// What happens to a signed mail; Encrypt has its protected headers hidden outside.
enum class Next { Send, Encrypt };
enum class Cipher { Default, Aes256Cbc, Aes256Gcm, Aes128Cbc, Aes128Gcm, ChaCha20Poly1305 };
enum class RsaTransport { Default, Pkcs1, Oaep };
enum class Profile { Default, Compatible, Modern };

/// Default is the daemon's choice wherever it stands: see the method of the same name in the interface description.
struct SignOptions {
    Format format = Format::Smime;
    Content content = Content::Detached;
    Digest digest = Digest::Default;
    Padding padding = Padding::Default;  ///< RSA keys only
    Input input = Input::Content;
    Headers headers = Headers::Bare;  ///< Input::Message only
    Next next = Next::Send;           ///< Headers::Protected only
    Prompt prompt;
};

struct DecryptOptions {
    std::string key;  ///< KEY to use; empty: the daemon chooses among the message's recipients
    Form form = Form::Auto;
    std::optional<std::string> part;  ///< path of the part of a mail; default: the first that is encrypted
    Prompt prompt;
};

struct DecompressOptions {
    Form form = Form::Auto;
    std::optional<std::string> part;  ///< path of the part of a mail; default: the first that is compressed
};

struct VerifyOptions {
    Form form = Form::Auto;
    int content = -1;                         ///< borrowed: the signed content of a detached signature, or -1
    int output = -1;                          ///< borrowed: where the content goes if everything is valid, or -1
    std::vector<std::vector<uint8_t>> trust;  ///< further trust anchors, DER or PEM, one certificate each
    std::optional<uint64_t> time;             ///< judge chains at this time, seconds since 1970; default: now
    std::optional<std::string> part;          ///< path of the part of a mail; default: the first that is signed
    /// Whom the mail is from as the caller saw it: addresses of From and Sender. Empty: the mail's own header counts.
    std::vector<std::string> from;
};

struct InspectOptions {
    Form form = Form::Auto;
};

struct EncryptOptions {
    Format format = Format::Smime;
    Cipher cipher = Cipher::Default;
    RsaTransport rsa_transport = RsaTransport::Default;
    Profile profile = Profile::Default;  ///< chooses cipher and RSA transport where they are not named
    std::vector<std::string> addresses;  ///< recipients whose certificates the daemon finds in its folders
    Input input = Input::Content;
    Headers headers = Headers::Bare;  ///< Input::Message only
    std::string originator;           ///< KEY of the sender, who can then read it too; empty: default; "none": nobody
    Prompt prompt;
};

/// The work of a signature or an encryption.
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
    std::string kind;        ///< "plain", "signed", "enveloped", "compressed", "certificates"
    std::string file_name;
    uint64_t bytes = 0;    ///< in the message, with its header
    bool covered = false;  ///< of a verification or decryption: whether it speaks of this part
};

struct Inspection {
    uint64_t bytes_in = 0;
    std::vector<Part> parts;
};

struct Decryption {
    Transfer transfer;
    std::string integrity;        ///< "aead": the content's authenticity was checked; "none": the cipher cannot do that
    std::string content_cipher;   ///< "aes-256-cbc"
    std::string key;              ///< id of the key used
    std::vector<Header> headers;  ///< protected with the content (RFC 9788); empty if none are
    std::vector<std::string> notes;  ///< what to know, such as that its certificate has expired
    std::vector<Part> parts;         ///< what is not covered was not encrypted
};

/// One signer of a verified message. The texts come from its certificate: escape them before showing them.
struct Signer {
    bool valid = false;
    std::string signature;  ///< "good", "bad"
    std::string chain;      ///< "trusted", "untrusted", "expired", "revoked", "unknown"
    std::string reason;     ///< why it is not valid, or what to know; mostly empty if it is
    std::string fingerprint;
    std::string subject;
    std::vector<std::string> addresses;
    uint64_t signing_time = 0;  ///< as the signer claims it, seconds since 1970; 0: not said
    std::string digest_algorithm;
    std::string signature_algorithm;
    std::string revocation;         ///< "good", "revoked", "unknown"
    std::string revocation_reason;  ///< why not good
    std::vector<std::string> weaknesses;
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
};

/// Every member that is not empty must fit.
struct KeyFilter {
    std::string key;  ///< KEY
    std::string email;
    std::string usage;  ///< "sign", "decrypt"
    std::string fingerprint;
    std::string certificate;  ///< "present" (the default), "absent": keys that have none yet, "any"
};

struct Key {
    std::string id;  ///< "sha256:" and 64 hex digits
    std::string token;
    std::string token_uri;
    std::string uri;
    std::string label;
    std::string algorithm;  ///< "rsa", "ec", "ed25519", "x25519"
    uint32_t bits = 0;
    std::string curve;
    std::vector<std::string> usages;
    std::vector<uint8_t> certificate;  ///< DER; empty: it has none yet, nor a fingerprint, subject and so on
    std::vector<std::vector<uint8_t>> chain;
    std::string fingerprint;
    std::string subject;
    std::vector<std::string> addresses;
    uint64_t not_before = 0;  ///< seconds since 1970
    uint64_t not_after = 0;
    bool logged_in = false;
    bool always_authenticate = false;
};

/// Every member that is not empty must fit.
struct CertificateFilter {
    std::string email;
    std::string usage;        ///< "encrypt", "sign"
    std::string fingerprint;  ///< or a beginning of it, 8 or more hex digits
};

/// Another person's certificate in one of the daemon's folders. The texts are that person's: escape them before showing
/// them.
struct StoredCertificate {
    std::string fingerprint;
    std::vector<uint8_t> certificate;  ///< DER
    std::string subject;
    std::string issuer;
    std::string serial;
    std::vector<std::string> addresses;
    uint64_t not_before = 0;  ///< seconds since 1970
    uint64_t not_after = 0;
    std::string key_algorithm;
    uint32_t key_bits = 0;
    std::vector<std::string> usages;  ///< "encrypt", "sign"
    std::string source;               ///< "user", "system"
    std::string chain;                ///< as for a signer
    std::string reason;               ///< why it cannot be encrypted to now; empty if it can
    std::vector<std::string> capabilities;
    uint64_t seen = 0;  ///< seconds since 1970
};

struct Token {
    std::string label;
    std::string uri;
    std::string manufacturer;
    std::string model;
    std::string serial;
    std::string authentication;  ///< "none", "pin", "pinpad"
    std::string pin_state;       ///< "normal", "count-low", "final-try", "locked"
    bool logged_in = false;
    uint32_t keys = 0;
};

/// A place for a token: a card reader, or a slot of an HSM.
struct Reader {
    std::string description;
    bool token = false;        ///< there is one in it
    bool initialised = false;  ///< that token is ready for use
};

struct Module {
    std::string path;
    std::string state;    ///< "running", "failed"
    std::string message;  ///< why it failed
    std::vector<Token> tokens;
    std::vector<Reader> readers;
};

struct Status {
    std::string version;
    std::string configuration;  ///< the file read; empty: none
    std::string pinentry;
    uint32_t jobs = 0;
    uint32_t landlock = 0;  ///< version of the kernel's Landlock; 0: none
    bool logind = false;    ///< screen lock and suspend are noticed
    std::vector<Module> modules;
};

enum class KeyAlgorithm { Default, Rsa2048, Rsa3072, Rsa4096, P256, P384, P521, Ed25519 };
enum class KeyUse { Default, Both, Sign, Decrypt };

struct GenerateOptions {
    KeyAlgorithm algorithm = KeyAlgorithm::Default;
    KeyUse use = KeyUse::Default;
    std::string label;  ///< a name for people
    Prompt prompt;
};

struct GeneratedKey {
    std::string id;
    std::string uri;
};

enum class CertificateUse { Default, Sign, Encrypt, Both };

struct RequestOptions {
    std::vector<std::string> addresses;  ///< that the certificate is to be for; one at least
    std::string name;                    ///< of the person; default: the first address
    CertificateUse use = CertificateUse::Default;
    Prompt prompt;
};

struct StoreOptions {
    std::string token;  ///< named as for `unlock`; empty: the one that has the key
    std::string label;  ///< of the certificate; empty: the key's
    Prompt prompt;
};

/// What became of the certificates in a file: fingerprints.
struct StoredOnToken {
    std::string key;                   ///< id of the key that they are for
    std::string token;                 ///< label
    std::vector<std::string> stored;   ///< written now
    std::vector<std::string> present;  ///< there before
};

enum class EventSubject { Token, Key };
/// Present: it was there when the watching began.
enum class EventKind { Present, Appeared, Gone, LoggedIn, LoggedOut, PinState, Used };

/// What happened to a token or a key. The texts are the token's and the program's own: escape them before showing them.
struct Event {
    EventSubject subject = EventSubject::Token;
    EventKind kind = EventKind::Appeared;
    std::string name{};       ///< the token's label; the key's addresses, or its id
    std::string pin_state{};  ///< PinState: as of a Token
    std::string operation{};  ///< Used: "sign", "unwrap", "agree", "decrypt", "generate", "request"
    std::string program{};    ///< Used: who asked, as it calls itself
    std::string result{};     ///< Used: "Done", or the name of an Error
};

class Connection;  // the library's own

/// A connection to the bus. Not thread-safe: use one per thread; calls of different objects run in parallel.
///
/// Descriptors are borrowed for the length of a call. Inputs are regular files, pipes, sockets or memfds, read from
/// their position to the end; outputs likewise, written from theirs. An output gets nothing unless the call succeeds.
/// Every call throws Error with the names that the interface description gives, and DaemonUnreachable.
class Client {
public:
    /// Connects to the session bus ($DBUS_SESSION_BUS_ADDRESS); the daemon is started by the first call.
    Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// The keys on present tokens that fit the filter. Never prompts.
    std::vector<Key> list(const KeyFilter& filter = {}, const Watch& watch = {});

    /// What the daemon works with. Never prompts.
    Status status(const Watch& watch = {});

    /// Calls `told` for each event until the watch's cancel descriptor is readable, and then throws Cancelled. Never
    /// prompts. DaemonUnreachable when the daemon ends.
    void monitor(const std::function<void(const Event& event)>& told, const Watch& watch = {});

    /// Signs `input` with each of the `keys` (1 to 16, each a KEY of the interface description) and writes the
    /// signature or signed message to `output`. NoSuchKey, Ambiguous, CertificateUnusable, Pin*, Token*, Input*, ...
    Transfer sign(const std::vector<std::string>& keys, int input, int output, const SignOptions& options = {},
                  const Watch& watch = {});

    /// Verifies the signatures of `input`. A signature that is not valid is an answer, not an error.
    Verification verify(int input, const VerifyOptions& options = {}, const Watch& watch = {});

    /// Encrypts `input` to the certificates (DER or PEM, at most 999; none if the options name addresses) and writes
    /// the message to `output`. CertificateUnusable, NoSuchCertificate, ...
    Transfer encrypt(const std::vector<std::vector<uint8_t>>& recipients, int input, int output,
                     const EncryptOptions& options = {}, const Watch& watch = {});

    /// Decrypts `input` with the key of one of its recipients and writes the content to `output`.
    /// NoMatchingKey, DecryptFailed, Pin*, Token*, ...
    Decryption decrypt(int input, int output, const DecryptOptions& options = {}, const Watch& watch = {});

    /// Expands `input`, a compressed message (RFC 3274), and writes the content to `output`. Needs no key.
    /// BadMessage, LimitExceeded (it expands beyond measure), ...
    Transfer decompress(int input, int output, const DecompressOptions& options = {}, const Watch& watch = {});

    /// Other people's certificates that fit the filter. Never prompts. LimitExceeded if more than 256 fit.
    std::vector<StoredCertificate> certificates(const CertificateFilter& filter = {}, const Watch& watch = {});

    /// Puts the certificates of a file (PEM with one or more, or one DER) into the user's folder; their fingerprints.
    std::vector<std::string> import_certificates(const std::vector<uint8_t>& file, const Watch& watch = {});

    /// Removes a certificate from the user's folder. NoSuchCertificate.
    void remove_certificate(const std::string& fingerprint, const Watch& watch = {});

    /// Logs in to a token (by label, serial number or PKCS#11 URI; empty: the only one), so that what follows needs no
    /// prompt. TokenAbsent, Ambiguous, Pin*, ...
    void unlock(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});

    /// Has the person change a token's PIN, or set a new one with its PUK. TokenAbsent, Ambiguous, Pin*, ...
    void change_pin(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});
    void unblock_pin(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});

    /// Logs out of every token, or of one.
    void lock(const Watch& watch = {});
    void lock(const std::string& token, const Watch& watch = {});

    /// Makes a key on a token (named as for `unlock`), where it stays. UnsupportedAlgorithm, TokenNotWritable, Pin*,
    /// ...
    GeneratedKey generate_key(const std::string& token = {}, const GenerateOptions& options = {},
                              const Watch& watch = {});

    /// A request for a certificate (PKCS#10 in DER), signed by the key (a KEY; empty: the only one without a
    /// certificate). NoSuchKey, Ambiguous, Pin*, ...
    std::vector<uint8_t> request_certificate(const std::string& key, const RequestOptions& options,
                                             const Watch& watch = {});

    /// Puts the certificate of a key, and those above it, on the key's token; `file` is PEM with one or more, or one
    /// DER. BadMessage, NoSuchKey, Ambiguous, TokenNotWritable, Pin*, ...
    StoredOnToken store_certificate(const std::vector<uint8_t>& file, const StoreOptions& options = {},
                                    const Watch& watch = {});

    /// Which parts `input` has, and what each is. Never prompts.
    Inspection inspect(int input, const InspectOptions& options = {}, const Watch& watch = {});

private:
    std::unique_ptr<Connection> connection_;
};

}  // namespace cardseal::client
