// SPDX-License-Identifier: LGPL-2.1-or-later
// What a command line of cardseal-sendmail asks for, as types.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client::sendmail {

enum class Encryption { Never, IfPossible, Always };

/// A mail on standard input to sign, perhaps to encrypt, and to hand on.
struct Submission {
    std::string key;  ///< KEY; empty: that of the From address
    Encryption encryption = Encryption::Never;
    Headers headers = Headers::Bare;
    Content content = Content::Detached;
    Interaction interaction = Interaction::Allowed;
    FileName sendmail;                   ///< the program to hand it to; empty: the one in PATH
    std::vector<std::string> arguments;  ///< of that program, as they were given
};

using Request = std::variant<ShowText, Complete, Submission>;

/// Throws InvalidArgs for everything that the command line and the configuration may not say. Our own options are the
/// leading words with two hyphens, so that a caller of sendmail need not know of them; "--" may end them.
Request parse_arguments(int argument_count, const char* const* arguments);

}  // namespace cardseal::client::sendmail
