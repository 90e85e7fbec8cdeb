// SPDX-License-Identifier: LGPL-2.1-or-later
// What each process takes away from itself at its start.
#pragma once

namespace cardseal::sandbox {

/// No core files, not dumpable (same-uid processes can then read neither memory nor descriptors), no new privileges,
/// umask 077. Every process, first thing in main().
void harden_process();

/// SIGKILL when the parent dies. Workers.
void die_with_parent();

/// OpenSSL without a configuration file: a system openssl.cnf can load a provider into any process.
/// Declared here for one reason: every main() must call it before any other OpenSSL function.
void start_openssl_without_configuration();

}  // namespace cardseal::sandbox
