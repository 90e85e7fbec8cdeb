// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection to the daemon, and every call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cardseal/certificates.hpp"
#include "cardseal/error.hpp"
#include "cardseal/event.hpp"
#include "cardseal/keys.hpp"
#include "cardseal/options.hpp"
#include "cardseal/prompt.hpp"
#include "cardseal/results.hpp"
#include "cardseal/status.hpp"
#include "cardseal/watch.hpp"

namespace cardseal::client {

class Connection;  // the library's own

/// A connection to the session bus.
///
/// Every call waits until its work is done, which takes minutes when a person is asked for a PIN, and throws Error:
/// with the names that stand beside it; Busy, LimitExceeded or Timeout when the daemon or a token has too much to do;
/// Cancelled; DaemonUnreachable. After any of them the object can be used again: the next call connects anew if the bus
/// was lost, and has the bus start the daemon if that has ended.
///
/// One thread at a time may use an object; different objects work in parallel, so a program with a main loop has one in
/// a thread of its own. Do not use it after fork(2).
///
/// Content is either in memory (spans, borrowed during the call; the answer holds the output, so memory for several
/// times the content is needed) or behind descriptors (borrowed during the call, of any size in constant memory):
/// files, pipes, sockets or memfds that are read from their position to the end, and written from theirs. An output
/// gets nothing unless the call succeeds, but for what a full disk or a closed pipe leaves (OutputFailed).
class Client {
public:
    /// Connects to $DBUS_SESSION_BUS_ADDRESS; the first call has the daemon started. DaemonUnreachable.
    Client();
    /// What was moved from can only be destroyed or assigned to.
    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;
    ~Client();

    /// The keys on present tokens that fit the filter. Never prompts. InvalidArgs, Ambiguous.
    std::vector<Key> list(const KeyFilter& filter = {}, const Watch& watch = {});

    /// Signs `input` with each of the `keys` (1 to 16, each an e-mail address, a Key::id or a beginning of it,
    /// a fingerprint or a PKCS#11 URI) and writes the signature or signed message to `output`.
    /// NoSuchKey, Ambiguous, CertificateUnusable, UnsupportedAlgorithm, BadMessage, InteractionRequired, Pin*, Token*,
    /// ModuleFailed, Input*, OutputFailed, InvalidArgs.
    Transfer sign(const std::vector<std::string>& keys, int input, int output, const SignOptions& options = {},
                  const Watch& watch = {});
    /// The same in memory.
    std::vector<uint8_t> sign(const std::vector<std::string>& keys, std::span<const uint8_t> content,
                              const SignOptions& options = {}, const Watch& watch = {});

    /// Verifies the signatures of `input`, whose content, if it is detached, and output are among the options. A
    /// signature that is not valid is an answer, not an error. Never prompts.
    /// BadMessage, UnsupportedAlgorithm, LimitExceeded, Input*, OutputFailed, InvalidArgs.
    Verification verify(int input, const VerifyOptions& options = {}, const Watch& watch = {});
    /// The same in memory: if it is valid, `content` of the answer is what was signed, unless the options say where
    /// that is or goes.
    Verification verify(std::span<const uint8_t> message, const VerifyOptions& options = {}, const Watch& watch = {});
    /// A signature apart from its content, both in memory.
    Verification verify_detached(std::span<const uint8_t> signature, std::span<const uint8_t> content,
                                 const VerifyOptions& options = {}, const Watch& watch = {});

    /// Encrypts `input` to the certificates (DER or PEM, at most 999; none if the options name addresses) and writes
    /// the message to `output`. Never prompts. CertificateUnusable, NoSuchCertificate, NoSuchKey and Ambiguous (of the
    /// originator), UnsupportedAlgorithm, BadMessage, Input*, OutputFailed, InvalidArgs.
    Transfer encrypt(const std::vector<std::vector<uint8_t>>& recipients, int input, int output,
                     const EncryptOptions& options = {}, const Watch& watch = {});
    /// The same in memory.
    std::vector<uint8_t> encrypt(const std::vector<std::vector<uint8_t>>& recipients, std::span<const uint8_t> content,
                                 const EncryptOptions& options = {}, const Watch& watch = {});

    /// Decrypts `input` with the key of one of its recipients and writes the content to `output`.
    /// NoMatchingKey, NoSuchKey, Ambiguous, DecryptFailed, BadMessage, UnsupportedAlgorithm, InteractionRequired, Pin*,
    /// Token*, ModuleFailed, Input*, OutputFailed, InvalidArgs.
    Decryption decrypt(int input, int output, const DecryptOptions& options = {}, const Watch& watch = {});
    /// The same in memory: `content` of the answer has the plaintext, which the caller wipes if it must.
    Decryption decrypt(std::span<const uint8_t> message, const DecryptOptions& options = {}, const Watch& watch = {});

    /// Expands `input`, a compressed message (RFC 3274), and writes the content to `output`. Never prompts.
    /// BadMessage, LimitExceeded (it expands beyond measure), UnsupportedAlgorithm, Input*, OutputFailed, InvalidArgs.
    Transfer decompress(int input, int output, const DecompressOptions& options = {}, const Watch& watch = {});
    /// The same in memory, of which 1 MiB or 200 times the message may be needed.
    std::vector<uint8_t> decompress(std::span<const uint8_t> message, const DecompressOptions& options = {},
                                    const Watch& watch = {});

    /// Which parts `input` has, and what each is. Never prompts. BadMessage, LimitExceeded, Input*, InvalidArgs.
    Inspection inspect(int input, const InspectOptions& options = {}, const Watch& watch = {});
    Inspection inspect(std::span<const uint8_t> message, const InspectOptions& options = {}, const Watch& watch = {});

    /// Other people's certificates that fit the filter. Never prompts. LimitExceeded if more than 4096 fit,
    /// InvalidArgs.
    std::vector<StoredCertificate> certificates(const CertificateFilter& filter = {}, const Watch& watch = {});

    /// Puts the certificates of a file (PEM with one or more, or one DER) into the user's folder; their fingerprints.
    /// BadMessage, LimitExceeded, OutputFailed.
    std::vector<std::string> import_certificates(std::span<const uint8_t> file, const Watch& watch = {});

    /// Removes a certificate from the user's folder. NoSuchCertificate, InvalidArgs.
    void remove_certificate(const std::string& fingerprint, const Watch& watch = {});

    /// What the daemon works with. Never prompts.
    Status status(const Watch& watch = {});

    /// Calls `told` in the caller's thread for each event until the watch's cancel descriptor is readable, and then
    /// throws Cancelled; an exception of `told` leaves the call. Never prompts. DaemonUnreachable when the daemon ends.
    void monitor(const std::function<void(const Event& event)>& told, const Watch& watch = {});

    /// Logs in to a token (by label, serial number or PKCS#11 URI; empty: the only one), so that what follows needs no
    /// prompt. Ambiguous, InteractionRequired, Pin*, Token*, ModuleFailed.
    void unlock(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});

    /// Has the person change a token's PIN, or set a new one with its PUK. As unlock.
    void change_pin(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});
    void unblock_pin(const std::string& token = {}, const Prompt& prompt = {}, const Watch& watch = {});

    /// Logs out of every token, or of one. TokenAbsent, Ambiguous.
    void lock(const Watch& watch = {});
    void lock(const std::string& token, const Watch& watch = {});

    /// Makes a key on a token (named as for `unlock`), where it stays. UnsupportedAlgorithm, TokenNotWritable,
    /// InvalidArgs, and as unlock.
    GeneratedKey generate_key(const std::string& token = {}, const GenerateOptions& options = {},
                              const Watch& watch = {});

    /// A request for a certificate (PKCS#10 in DER), signed by the key (named as for `sign`; empty: the only one
    /// without a certificate). NoSuchKey, UnsupportedAlgorithm, InvalidArgs, and as unlock.
    std::vector<uint8_t> request_certificate(const std::string& key, const RequestOptions& options,
                                             const Watch& watch = {});

    /// Puts the certificate of a key, and those above it, on the key's token; `file` is PEM with one or more, or one
    /// DER. BadMessage, NoSuchKey, TokenNotWritable, and as unlock.
    StoredOnToken store_certificate(std::span<const uint8_t> file, const StoreOptions& options = {},
                                    const Watch& watch = {});

private:
    Connection& connected();

    std::unique_ptr<Connection> connection_;
};

}  // namespace cardseal::client
