// SPDX-License-Identifier: LGPL-2.1-or-later
// Exit statuses for the callers of sendmail.
#include "sendmail/exit_status.hpp"

#include <sysexits.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace cardseal::client::sendmail {

namespace {

/// What another try does not change.
constexpr auto lasting = std::to_array<std::pair<std::string_view, int>>({
    {"InvalidArgs", EX_USAGE},
    {"BadMessage", EX_DATAERR},
    {"LimitExceeded", EX_DATAERR},
    {"UnsupportedAlgorithm", EX_DATAERR},
    {"NoSuchCertificate", EX_NOUSER},
    {"CertificateUnusable", EX_CONFIG},
    {"Ambiguous", EX_CONFIG},
    {"PinLocked", EX_NOPERM},
    {"PinExpired", EX_NOPERM},
    {"AccessDenied", EX_NOPERM},
    {"InputFailed", EX_NOINPUT},
    {"OutputFailed", EX_IOERR},
    {"Internal", EX_SOFTWARE},
});

}  // namespace

int exit_status(const Error& error) {
    const auto found = std::ranges::find(lasting, error.name(), &std::pair<std::string_view, int>::first);
    return found == lasting.end() ? EX_TEMPFAIL : found->second;
}

}  // namespace cardseal::client::sendmail
