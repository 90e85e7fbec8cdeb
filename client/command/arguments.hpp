// SPDX-License-Identifier: LGPL-2.1-or-later
// What a command line asks for, as types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cardseal.hpp"

namespace cardseal::client {

/// What standard output gets where either is possible.
enum class Report { People, Json };

/// A file's name; empty and "-" mean standard input or standard output.
using FileName = std::string;

inline bool is_standard(const FileName& name) { return name.empty() || name == "-"; }

struct ShowText {  ///< --help and --version
    std::string text;
};

/// A word that may come next on a command line, and what it is.
struct Candidate {
    std::string word;
    std::string text;
};

struct Complete {                       ///< what a shell asks when its user presses Tab
    std::vector<Candidate> candidates;  ///< those that the command line itself knows
    std::vector<std::string> values;    ///< the help's words for what else may come: KEY, TOKEN, FILE
    std::string before;                 ///< what stands before the value in the same word: "--key="
    std::vector<FileName> words;        ///< those given that are no options
};

struct List {
    Report report = Report::People;
};

struct ShowStatus {
    Report report = Report::People;
};

struct Sign {
    std::vector<std::string> keys;  ///< empty: the only one that can sign
    SignOptions options;
    FileName input;
    FileName output;
};

struct Verify {
    FileName input;
    std::optional<FileName> content;
    std::vector<FileName> trust;
    std::vector<std::string> from;
    std::optional<uint64_t> time;
    std::optional<std::string> part;
    std::optional<FileName> output;
    Report report = Report::People;
};

struct Encrypt {
    std::vector<FileName> recipients;  ///< files, and addresses
    EncryptOptions options;
    FileName input;
    FileName output;
};

struct Decrypt {
    DecryptOptions options;
    FileName input;
    FileName output;
    Report report = Report::People;
};

struct ListCertificates {
    std::string address;  ///< empty: all
    Report report = Report::People;
};

struct ImportCertificates {
    std::vector<FileName> files;
    Report report = Report::People;
};

struct ShowCertificates {
    std::string name;  ///< fingerprint, a beginning of it, or address
    Report report = Report::People;
};

struct RemoveCertificate {
    std::string fingerprint;  ///< or a beginning of it
};

struct Open {
    std::string key;  ///< KEY to decrypt with; empty: the daemon chooses
    std::vector<FileName> trust;
    std::optional<FileName> output;
    FileName input;
    Report report = Report::People;
};

struct Unlock {
    std::string token;  ///< empty: the only one
};

struct ChangePin {
    std::string token;  ///< empty: the only one
};

struct UnblockPin {
    std::string token;  ///< empty: the only one
};

struct Lock {
    std::string token;  ///< empty: every one
};

struct SwitchGpgme {
    enum class Action { Enable, Disable, ShowStatus };
    Action action = Action::ShowStatus;
    Report report = Report::People;  ///< of the status
};

struct MonitorTokens {  ///< monitor
    Report report = Report::People;
};

struct ExamineMachine {  ///< doctor
    Report report = Report::People;
};

struct GenerateKey {
    std::string token;  ///< empty: the only one
    GenerateOptions options;
    Report report = Report::People;
};

struct RequestCertificate {
    std::string key;  ///< empty: the only one without a certificate
    RequestOptions options;
    Format format = Format::Pem;  ///< Pem or Der
    FileName output;
};

struct StoreCertificate {  ///< import-certificate
    FileName file;
    StoreOptions options;
    Report report = Report::People;
};

using Request = std::variant<ShowText, Complete, List, ShowStatus, Sign, Verify, Encrypt, Decrypt, Open, ListCertificates,
                             ImportCertificates, ShowCertificates, RemoveCertificate, Unlock, ChangePin, UnblockPin,
                             Lock, SwitchGpgme, ExamineMachine, GenerateKey, RequestCertificate, StoreCertificate,
                             MonitorTokens>;

/// Throws InvalidArgs for everything that the command line may not say.
Request parse_arguments(int argument_count, const char* const* arguments);

}  // namespace cardseal::client
