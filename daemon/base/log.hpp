// SPDX-License-Identifier: LGPL-2.1-or-later
// Log lines and structured records: to the journal when standard error is connected to it, else to standard error.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace cardseal {

/// syslog(3) priorities.
enum class Severity { Error = 3, Warning = 4, Notice = 5, Info = 6, Debug = 7 };

/// One journal field; names are upper case, letters, digits and underscores (systemd.journal-fields(7)).
struct LogField {
    std::string_view name;
    std::string_view value;
};

/// One record. Never pass a PIN, a key, plaintext or a subject line. Control characters are replaced.
void log(Severity severity, const std::string& message, std::initializer_list<LogField> fields = {});

}  // namespace cardseal
