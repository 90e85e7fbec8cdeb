// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands of cardseal with their options and help, one function for each family of them.
#pragma once

#include "command/command_line.hpp"

namespace cardseal::client {

/// sign, encrypt
void add_writing_commands(CLI::App& root, Requests<Request>& requests);
/// verify, decrypt, open
void add_reading_commands(CLI::App& root, Requests<Request>& requests);
/// list, unlock, lock, pin, keygen, request, import-certificate
void add_token_commands(CLI::App& root, Requests<Request>& requests);
/// certificates
void add_certificate_commands(CLI::App& root, Requests<Request>& requests);
/// status, doctor, monitor, gpgme
void add_machine_commands(CLI::App& root, Requests<Request>& requests);

}  // namespace cardseal::client
