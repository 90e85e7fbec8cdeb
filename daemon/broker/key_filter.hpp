// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyFilter: what FindKeys looks for.
#pragma once

#include "broker/key_selection.hpp"

namespace cardseal::broker {

enum class CertificatePresence { Present, Absent, Any };
enum class Verdicts { None, Wanted };

/// Every entry that is given must fit.
struct KeyFilter {
    std::optional<std::string> email, fingerprint, key;
    std::optional<Usage> usage;
    std::optional<Bytes> issuer_serial, subject_key_identifier;
    CertificatePresence certificate = CertificatePresence::Present;
    Verdicts verdicts = Verdicts::None;  ///< on the keys' certificates; leaves no key out
};

/// LimitExceeded if they would not fit into one answer.
std::vector<PresentKey> fitting_keys(std::span<const PresentKey> keys, const KeyFilter& filter);

}  // namespace cardseal::broker
