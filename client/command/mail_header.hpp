// SPDX-License-Identifier: LGPL-2.1-or-later
// The header of a mail, as far as a program reads it that sends or shows it: who wrote it, and to whom (RFC 5322).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardseal::client {

/// The addresses of an address-list, groups and comments undone; also names without a domain, as local mail has them.
/// BadMessage if a quote, comment or bracket does not end.
std::vector<std::string> addresses_of(std::string_view list);

/// Whether both are one address; the case of ASCII letters does not count.
bool is_same_address(std::string_view first, std::string_view second);

class MailHeader {
public:
    /// `message` is borrowed.
    explicit MailHeader(std::string_view message);

    /// The addresses in all fields of this name, which is in lower case. BadMessage names the field.
    std::vector<std::string> addresses(std::string_view name) const;
    bool has(std::string_view name) const;

    /// The message without the fields of these names.
    std::string message_without(const std::vector<std::string_view>& names) const;
    /// The message with only the last field of each of these names.
    std::string message_with_last_of(const std::vector<std::string_view>& names) const;

private:
    struct Field {
        std::string name;       ///< lower case; empty if the line is none
        std::string_view text;  ///< as it is, its line ends included
    };

    bool has_behind(const Field& field) const;

    std::vector<Field> fields_;
    std::string_view rest_;  ///< from the empty line on
};

}  // namespace cardseal::client
