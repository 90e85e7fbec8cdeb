// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the daemon as texts, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "cardseal.hpp"
#include "command/examination.hpp"
#include "command/layers.hpp"
#include "command/palette.hpp"

namespace cardseal::client {

/// "RSA 2048", "EC P-256". Not printable yet.
std::string kind_of(const Key& key);

/// For people: every foreign text made printable, one fact a line, with colours for a terminal that has them.
std::string describe(const std::vector<Key>& keys, const Palette& palette = {});
std::string describe(const Status& status, const Palette& palette = {});
std::string describe(const Verification& verification, const Palette& palette = {});
/// The last line of that: whether all is valid, and what is not known.
std::string conclude(const Verification& verification, const Palette& palette = {});
/// The addresses of the signer's certificate, else its subject. Not printable yet.
std::string name_of(const Signer& signer);
/// Who wrote to whom, when, and about what, as far as these fields are protected.
std::string describe(const std::vector<Header>& headers);
std::string describe(const std::vector<StoredCertificate>& certificates, const Palette& palette = {});
/// Each with its PEM behind.
std::string describe_with_pem(const std::vector<StoredCertificate>& certificates, const Palette& palette = {});
/// "part 2 text/plain: not signed" for each part that nothing was told of; `what`: "signed", "encrypted".
std::string describe_uncovered(const std::vector<Part>& parts, const std::string& what);
std::string describe(const Layer& layer, size_t number, const Palette& palette = {});
std::string describe(const std::vector<Finding>& findings, const Palette& palette = {});
/// One line, with the time in seconds since 1970.
std::string describe(const Event& event, uint64_t time);
/// "cardseal: NAME: MESSAGE" and a line with the next step.
std::string describe(const Error& error, const Palette& palette = {});

/// For programs: one JSON object and a line feed. Times are RFC 3339 or null, certificates PEM.
std::string to_json(const std::vector<Key>& keys);
std::string to_json(const Status& status);
std::string to_json(const std::vector<StoredCertificate>& certificates);
std::string to_json(const Verification& verification);
std::string to_json(const Decryption& decryption);
std::string to_json(const Layers& layers);
std::string to_json(const GeneratedKey& key);
std::string to_json(const StoredOnToken& result);
/// Of certificates that were imported.
std::string fingerprints_to_json(const std::vector<std::string>& fingerprints);
std::string to_json(const std::vector<Finding>& findings);
/// On one line.
std::string to_json(const Event& event, uint64_t time);

}  // namespace cardseal::client
