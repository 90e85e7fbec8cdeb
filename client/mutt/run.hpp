// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-mutt does for each request; each gives the exit status and throws Error. mutt shows what standard error
// gets, and while it signs or encrypts it takes any line there for a failure.
#pragma once

#include "command/commands.hpp"
#include "mutt/arguments.hpp"

namespace cardseal::client::mutt {

using client::run;  // help, version and completion
int run(const MakeFolder& request);
int run(const SignEntity& request);
int run(const EncryptEntity& request);
int run(const DecryptMessage& request);
int run(const VerifyEntity& request);
int run(const ExtractSigner& request);
int run(const ShowAddresses& request);
int run(const ExtractCertificates& request);
int run(const ImportCertificate& request);

}  // namespace cardseal::client::mutt
