// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection to the daemon, and every call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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

    /// Other people's certificates that fit the filter. Never prompts. LimitExceeded if more than 4096 fit.
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
