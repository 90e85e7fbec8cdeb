// SPDX-License-Identifier: LGPL-2.1-or-later
// How a call fails.
#pragma once

#include <exception>
#include <string>

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

}  // namespace cardseal::client
