// SPDX-License-Identifier: LGPL-2.1-or-later
// What the command does for each request; each gives the exit status and throws Error.
#pragma once

#include "command/arguments.hpp"

namespace cardseal::client {

int run(const ShowText& request);
int run(const Complete& request);
int run(const List& request);
int run(const ShowStatus& request);
int run(const Sign& request);
int run(const Verify& request);
int run(const Encrypt& request);
int run(const Decrypt& request);
int run(const ListCertificates& request);
int run(const ImportCertificates& request);
int run(const ShowCertificates& request);
int run(const RemoveCertificate& request);
int run(const Open& request);
int run(const Unlock& request);
int run(const Lock& request);
int run(const SwitchGpgme& request);
int run(const ChangePin& request);
int run(const UnblockPin& request);
int run(const ExamineMachine& request);
int run(const MonitorTokens& request);
int run(const GenerateKey& request);
int run(const RequestCertificate& request);
int run(const StoreCertificate& request);

}  // namespace cardseal::client
