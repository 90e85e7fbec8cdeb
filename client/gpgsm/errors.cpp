// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors in the numbers that GnuPG's programs expect (libgpg-error).
#include "gpgsm/errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace cardseal::gpgsm {

namespace {

struct Translation {
    std::string_view name;  ///< of the daemon's error table
    gpg_err_code_t code;
    gpg_err_source_t source = GPG_ERR_SOURCE_GPGSM;
};

constexpr auto translations = std::to_array<Translation>({
    {"InvalidArgs", GPG_ERR_INV_ARG},
    {"AccessDenied", GPG_ERR_FORBIDDEN},
    {"Busy", GPG_ERR_EBUSY},
    {"Cancelled", GPG_ERR_CANCELED, GPG_ERR_SOURCE_PINENTRY},
    {"Timeout", GPG_ERR_TIMEOUT},
    {"LimitExceeded", GPG_ERR_TOO_LARGE},
    {"BadMessage", GPG_ERR_NO_DATA},
    {"UnsupportedAlgorithm", GPG_ERR_UNSUPPORTED_ALGORITHM},
    {"NoMatchingKey", GPG_ERR_NO_SECKEY},
    {"NoSuchKey", GPG_ERR_NO_SECKEY},
    {"NoSuchCertificate", GPG_ERR_NO_PUBKEY},
    {"Ambiguous", GPG_ERR_AMBIGUOUS_NAME},
    {"CertificateUnusable", GPG_ERR_UNUSABLE_PUBKEY},
    {"DecryptFailed", GPG_ERR_DECRYPT_FAILED},
    {"InputFailed", GPG_ERR_EIO},
    {"InputTimeout", GPG_ERR_TIMEOUT},
    {"OutputFailed", GPG_ERR_EIO},
    {"TokenAbsent", GPG_ERR_CARD_NOT_PRESENT},
    {"TokenRemoved", GPG_ERR_CARD_REMOVED},
    {"TokenBusy", GPG_ERR_EBUSY},
    {"TokenNotWritable", GPG_ERR_EACCES},
    {"ModuleFailed", GPG_ERR_CARD},
    {"InteractionRequired", GPG_ERR_NO_PIN_ENTRY},
    {"PinCancelled", GPG_ERR_CANCELED, GPG_ERR_SOURCE_PINENTRY},
    {"PinIncorrect", GPG_ERR_BAD_PIN, GPG_ERR_SOURCE_PINENTRY},
    {"PinTimeout", GPG_ERR_TIMEOUT, GPG_ERR_SOURCE_PINENTRY},
    {"PinLocked", GPG_ERR_PIN_BLOCKED, GPG_ERR_SOURCE_PINENTRY},
    {"PinExpired", GPG_ERR_BAD_PIN, GPG_ERR_SOURCE_PINENTRY},
    {"PinentryFailed", GPG_ERR_NO_PIN_ENTRY},
    {"DaemonUnreachable", GPG_ERR_NO_AGENT},
});

}  // namespace

gpg_error_t own_error(gpg_err_code_t code) { return gpg_err_make(GPG_ERR_SOURCE_GPGSM, code); }

gpg_error_t error_of(const client::Error& error) {
    const auto* found = std::ranges::find(translations, error.name(), &Translation::name);
    return found == translations.end() ? own_error(GPG_ERR_GENERAL) : gpg_err_make(found->source, found->code);
}

std::string error_line(gpg_error_t error) {
    return "ERR " + std::to_string(error) + " " + gpg_strerror(error) + " <" + gpg_strsource(error) + ">";
}

}  // namespace cardseal::gpgsm
