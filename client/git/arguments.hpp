// SPDX-License-Identifier: LGPL-2.1-or-later
// What git asks cardseal-git for, as types.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "command/arguments.hpp"

namespace cardseal::client::git {

/// Where git reads status lines; nothing: nobody does.
using StatusDescriptor = std::optional<int>;

struct SignPayload {
    std::string key;  ///< KEY
    StatusDescriptor status;
};

struct VerifyPayload {
    FileName signature;
    StatusDescriptor status;
};

using Request = std::variant<ShowText, Complete, SignPayload, VerifyPayload>;

/// Throws InvalidArgs for every command line that is none of git's.
Request parse_arguments(int argument_count, const char* const* arguments);

/// The KEY in what git names a key with: user.signingkey as it is, of "Name <address>" the address.
std::string key_of(const std::string& signing_key);

}  // namespace cardseal::client::git
