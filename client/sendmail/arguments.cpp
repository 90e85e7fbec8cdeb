// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line and the configuration file of cardseal-sendmail.
#include "sendmail/arguments.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "command/choices.hpp"
#include "command/command_line.hpp"
#include "command/completion.hpp"

namespace cardseal::client::sendmail {

namespace {

constexpr auto description =
    "Signs the mail on standard input, encrypts it if asked to, and hands it to sendmail.\n"
    "What cannot be signed is not sent.";

constexpr auto footer = R"(
Everything from the first word that is no option of these, or behind '--',
are sendmail's own arguments: -t, -i, -f ADDRESS, recipients.
KEY is an e-mail address, a key id, a certificate's fingerprint or a PKCS#11
URI; 'cardseal list' shows the keys.
Exit status: that of sendmail; if nothing was sent, one of sysexits.h.

Example: cardseal-sendmail --encrypt=if-possible -- -t <mail.eml)";

/// The user's, else the system's.
std::string configuration_file() {
    const char* folder = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const auto users = (folder && *folder ? std::string(folder) : std::string(home ? home : "") + "/.config") +
                       "/cardseal/sendmail.toml";
    return access(users.c_str(), F_OK) == 0 ? users : "/etc/cardseal/sendmail.toml";
}

void describe(CLI::App& root, Submission& submission) {
    name_program(root, "cardseal-sendmail", "--help");
    root.footer(footer);
    root.set_config("--config", configuration_file(),
                    "read defaults of these options from FILE (default: ~/.config/cardseal/sendmail.toml,\n"
                    "then /etc/cardseal/sendmail.toml)")
        ->type_name("FILE");
    root.allow_config_extras(CLI::config_extras_mode::error);
    root.add_option("--key", submission.key, "sign with this key (default: that of the From address)")
        ->type_name("KEY");
    add_choice<Encryption>(
        root, "--encrypt", submission.encryption,
        {{"never", Encryption::Never}, {"if-possible", Encryption::IfPossible}, {"always", Encryption::Always}},
        "if-possible: when every recipient has a certificate;\nalways: else nothing is sent (default: never)");
    add_switch(root, "--protect-headers", submission.headers, Headers::Protected,
               "protect the mail's header fields too (RFC 9788)");
    add_switch(root, "--opaque", submission.content, Content::Opaque,
               "put the mail inside the signature (default: detached)");
    add_choice<Interaction>(root, "--interaction", submission.interaction,
                            {{"allowed", Interaction::Allowed}, {"none", Interaction::None}},
                            "whether a person may be asked for a PIN (default: allowed)");
    root.add_option("--sendmail", submission.sendmail,
                    "hand the mail to this program (default: sendmail, then msmtp, in PATH, /usr/sbin and /usr/lib)")
        ->type_name("PROGRAM");
}

bool is_ours(const std::string& word) { return word.starts_with("--") && word != "--"; }

/// Of ours; sendmail's arguments are addresses and files.
Complete completion(const CLI::App& root, const std::vector<std::string>& words) {
    const std::vector<std::string> behind{words.begin() + 1, words.end()};
    if (behind.empty() || std::all_of(behind.begin(), behind.end() - 1, is_ours))
        return completion_of(root, behind, OptionValues::Attached);
    Complete theirs;
    theirs.values = {"ADDRESS", "FILE"};
    return theirs;
}

}  // namespace

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    Submission submission;
    describe(root, submission);
    auto words = words_of(argument_count, arguments);
    if (is_question(words)) return completion(root, words);
    const auto theirs = std::ranges::find_if_not(words, is_ours);
    submission.arguments.assign(theirs != words.end() && *theirs == "--" ? theirs + 1 : theirs, words.end());
    words.erase(theirs, words.end());
    return parse<Request>(root, std::move(words), [&] { return submission; });
}

}  // namespace cardseal::client::sendmail
