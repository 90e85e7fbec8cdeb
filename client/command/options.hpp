// SPDX-License-Identifier: LGPL-2.1-or-later
// The options that several commands have, and what their helps say alike.
#pragma once

#include <initializer_list>
#include <string_view>

#include "command/command_line.hpp"

namespace cardseal::client {

inline constexpr auto key_note = R"(KEY is an e-mail address, a key id (or an unambiguous beginning of 8 or more
hex digits), a certificate's fingerprint, or a PKCS#11 URI; 'cardseal list'
shows the keys.)";

inline constexpr auto token_note = R"(TOKEN is a token's label, its serial number or a PKCS#11 URI; 'cardseal status'
shows the tokens.)";

inline constexpr auto file_note = R"(Without FILE, standard input is read; without -o, standard output is written.
With -o, OUT appears whole or not at all.)";

/// Paragraphs below a command's options.
void add_notes(CLI::App& command, std::initializer_list<std::string_view> paragraphs);

/// An option that may be given again, with one value each time, so that FILE can follow it.
CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& type, const std::string& text);

template <class Text>
void add_text(CLI::App& command, const std::string& name, Text& value, const std::string& type,
              const std::string& text) {
    command.add_option(name, value, text)->type_name(type);
}

/// A word that is no option; its name says what it is.
template <class Value>
CLI::Option* add_word(CLI::App& command, const std::string& name, Value& value, const std::string& text) {
    return command.add_option(name, value, text)->type_name("");
}

template <class Name>
void add_output(CLI::App& command, Name& output, const std::string& text) {
    add_text(command, "-o,--output", output, "OUT", text);
}

void add_part(CLI::App& command, std::optional<std::string>& part, const std::string& text);

/// smime, der or pem.
void add_format(CLI::App& command, Format& format);

/// --message and --protect-headers; the latter, which needs the former.
CLI::Option* add_mail(CLI::App& command, Input& input, Headers& headers);

void add_json(CLI::App& command, Report& report, const std::string& text = "print JSON, for programs");

}  // namespace cardseal::client
