// SPDX-License-Identifier: LGPL-2.1-or-later
// The one error table: code, D-Bus error name, exit status of the command, and the next step for a person.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cardseal {

/// Every way an operation can end other than well. The numbers travel between our own processes only.
enum class ErrorCode : uint16_t {
    None = 0,
    Internal,
    InvalidArgs,
    AccessDenied,
    Busy,
    Cancelled,
    Timeout,
    LimitExceeded,
    BadMessage,
    UnsupportedAlgorithm,
    NoMatchingKey,
    NoSuchKey,
    NoSuchCertificate,
    Ambiguous,
    CertificateUnusable,
    DecryptFailed,
    InputFailed,
    InputTimeout,
    OutputFailed,
    TokenAbsent,
    TokenRemoved,
    TokenBusy,
    TokenNotWritable,
    ModuleFailed,
    InteractionRequired,
    PinCancelled,
    PinIncorrect,
    PinTimeout,
    PinLocked,
    PinExpired,
    PinentryFailed,
    DaemonUnreachable,  ///< made by clients only
};

struct ErrorEntry {
    ErrorCode code;
    std::string_view dbus_name;  ///< full D-Bus error name; its last part is what the command prints
    int exit_status;             ///< of the cardseal command: 2 usage, 3 failed
    std::string_view hint;       ///< the next step to take, one sentence
};

inline constexpr auto error_table = std::to_array<ErrorEntry>({
    {ErrorCode::Internal, "org.cardseal.Error.Internal", 3,
     "this is a defect in cardseal: please report it with the daemon's log"},
    {ErrorCode::InvalidArgs, "org.freedesktop.DBus.Error.InvalidArgs", 2,
     "see 'cardseal COMMAND --help' or the interface description for what is accepted"},
    {ErrorCode::AccessDenied, "org.freedesktop.DBus.Error.AccessDenied", 3,
     "only the program that started a job may use it"},
    {ErrorCode::Busy, "org.cardseal.Error.Busy", 3, "wait for other operations to end, then try again"},
    {ErrorCode::Cancelled, "org.cardseal.Error.Cancelled", 3, "start it again when you want it"},
    {ErrorCode::Timeout, "org.cardseal.Error.Timeout", 3,
     "check that the token is connected and responding, then try again"},
    {ErrorCode::LimitExceeded, "org.cardseal.Error.LimitExceeded", 3,
     "the message is larger or more deeply nested than cardseal accepts"},
    {ErrorCode::BadMessage, "org.cardseal.Error.BadMessage", 3,
     "check that the file is complete and is the message you meant; 'cardseal open' opens every kind"},
    {ErrorCode::UnsupportedAlgorithm, "org.cardseal.Error.UnsupportedAlgorithm", 3,
     "choose another algorithm; of a message, ask its sender for one of RFC 8551"},
    {ErrorCode::NoMatchingKey, "org.cardseal.Error.NoMatchingKey", 3,
     "insert the token that holds the recipient's key; 'cardseal list' shows the keys present"},
    {ErrorCode::NoSuchKey, "org.cardseal.Error.NoSuchKey", 3,
     "insert the token that has it; 'cardseal list' shows the keys present"},
    {ErrorCode::NoSuchCertificate, "org.cardseal.Error.NoSuchCertificate", 3,
     "import the certificate ('cardseal certificates import') or verify a signed mail of that person"},
    {ErrorCode::Ambiguous, "org.cardseal.Error.Ambiguous", 3,
     "name one of them: a key by its id, a token by its serial number"},
    {ErrorCode::CertificateUnusable, "org.cardseal.Error.CertificateUnusable", 3,
     "use another certificate, or have this one renewed"},
    {ErrorCode::DecryptFailed, "org.cardseal.Error.DecryptFailed", 3,
     "the message is damaged or was not made for this key; ask the sender to send it again"},
    {ErrorCode::InputFailed, "org.cardseal.Error.InputFailed", 3,
     "check that the file exists and that you may read it"},
    {ErrorCode::InputTimeout, "org.cardseal.Error.InputTimeout", 3,
     "the program that feeds the input stopped sending; start again"},
    {ErrorCode::OutputFailed, "org.cardseal.Error.OutputFailed", 3,
     "check that the folder exists, may be written to and has room, and that whatever takes the output still reads"},
    {ErrorCode::TokenAbsent, "org.cardseal.Error.TokenAbsent", 3,
     "insert the token, then try again; 'cardseal status' shows the tokens present"},
    {ErrorCode::TokenRemoved, "org.cardseal.Error.TokenRemoved", 3, "insert the token again, then try again"},
    {ErrorCode::TokenBusy, "org.cardseal.Error.TokenBusy", 3, "wait a moment, then try again"},
    {ErrorCode::TokenNotWritable, "org.cardseal.Error.TokenNotWritable", 3,
     "make room on the token or take another one; some cards are written with their issuer's tool only"},
    {ErrorCode::ModuleFailed, "org.cardseal.Error.ModuleFailed", 3,
     "the token's PKCS#11 module misbehaved and was restarted; try again"},
    {ErrorCode::InteractionRequired, "org.cardseal.Error.InteractionRequired", 3,
     "log in first with 'cardseal unlock', or allow the PIN prompt (option 'interaction' = 'allowed')"},
    {ErrorCode::PinCancelled, "org.cardseal.Error.PinCancelled", 3, "start again, and enter the PIN or allow the use"},
    {ErrorCode::PinIncorrect, "org.cardseal.Error.PinIncorrect", 3,
     "try again with the right PIN; too many wrong ones lock the token"},
    {ErrorCode::PinTimeout, "org.cardseal.Error.PinTimeout", 3, "start again and enter the PIN in time"},
    {ErrorCode::PinLocked, "org.cardseal.Error.PinLocked", 3,
     "set a new PIN with 'cardseal pin unblock' and the PUK, or ask the token's issuer"},
    {ErrorCode::PinExpired, "org.cardseal.Error.PinExpired", 3,
     "set a new one with 'cardseal pin change', then try again"},
    {ErrorCode::PinentryFailed, "org.cardseal.Error.PinentryFailed", 3,
     "check that a pinentry program is installed and, in cardseal.toml, [pin] pinentry"},
    {ErrorCode::DaemonUnreachable, "org.cardseal.Error.DaemonUnreachable", 3,
     "check that cardseald is installed and a session bus is running; 'cardseald --check' finds mistakes in "
     "cardseal.toml"},
});

constexpr const ErrorEntry* find_error(ErrorCode code) {
    for (const auto& entry : error_table)
        if (entry.code == code) return &entry;
    return nullptr;
}

constexpr const ErrorEntry* find_error(std::string_view dbus_name) {
    for (const auto& entry : error_table)
        if (entry.dbus_name == dbus_name) return &entry;
    return nullptr;
}

/// The last part of the D-Bus error name, as people see it: "PinCancelled".
constexpr std::string_view short_name(const ErrorEntry& entry) {
    return entry.dbus_name.substr(entry.dbus_name.rfind('.') + 1);
}

}  // namespace cardseal
