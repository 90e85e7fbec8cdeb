// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of cardseal, family by family.
#include "command/families.hpp"

namespace cardseal::client {

namespace {

constexpr auto description =
    "Signs, verifies, encrypts and decrypts mail (S/MIME, CMS) with keys on smart cards and HSMs.";

constexpr auto general_footer =
    "Exit status: 0 done, 1 a signature is not valid, 2 wrong use, 3 failed.\n"
    "'cardseal COMMAND --help' shows a command's options; the manual is cardseal(1).";

}  // namespace

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    name_program(root, "cardseal");
    root.require_subcommand(1);
    Requests<Request> requests;
    add_writing_commands(root, requests);
    add_reading_commands(root, requests);
    add_token_commands(root, requests);
    add_certificate_commands(root, requests);
    add_machine_commands(root, requests);
    root.footer(general_footer);  // last: its commands would take it over
    return parse<Request>(root, words_of(argument_count, arguments), [&] { return requests.chosen(); });
}

}  // namespace cardseal::client
