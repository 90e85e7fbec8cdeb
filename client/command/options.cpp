// SPDX-License-Identifier: LGPL-2.1-or-later
// The options that several commands have.
#include "command/options.hpp"

#include "command/choices.hpp"

namespace cardseal::client {

void add_notes(CLI::App& command, std::initializer_list<std::string_view> paragraphs) {
    std::string footer;
    for (const auto paragraph : paragraphs) footer += (footer.empty() ? "" : "\n\n") + std::string(paragraph);
    command.footer(footer);
}

CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& type, const std::string& text) {
    return command.add_option(name, values, text)->allow_extra_args(false)->type_name(type);
}

void add_part(CLI::App& command, std::optional<std::string>& part, const std::string& text) {
    add_text(command, "--part", part, "PATH", text);
}

void add_format(CLI::App& command, Format& format) {
    add_choice<Format>(command, "--format", format,
                       {{"smime", Format::Smime}, {"der", Format::Der}, {"pem", Format::Pem}},
                       "form of the output (default: smime)");
}

CLI::Option* add_mail(CLI::App& command, Input& input, Headers& headers) {
    auto* message = add_switch(command, "--message", input, Input::Message,
                               "FILE is a whole mail; OUT is that mail, ready to send");
    auto* protect = add_switch(command, "--protect-headers", headers, Headers::Protected,
                               "protect the mail's header fields too (RFC 9788)");
    return protect->needs(message);
}

void add_json(CLI::App& command, Report& report, const std::string& text) {
    add_switch(command, "--json", report, Report::Json, text);
}

}  // namespace cardseal::client
