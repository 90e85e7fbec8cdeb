// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns D-Bus error names into the library's exception, by the one error table.
#include <utility>

#include "cardseal.hpp"
#include "error_table.hpp"

namespace cardseal::client {

namespace {

const ErrorEntry& entry_of(const std::string& dbus_name) {
    const auto* entry = find_error(dbus_name);
    return entry ? *entry : *find_error(ErrorCode::Internal);
}

}  // namespace

Error::Error(const std::string& dbus_name, std::string message) : message_(std::move(message)) {
    const auto& entry = entry_of(dbus_name);
    name_ = short_name(entry);
    hint_ = entry.hint;
    exit_status_ = entry.exit_status;
    what_ = name_ + ": " + message_;
}

}  // namespace cardseal::client
