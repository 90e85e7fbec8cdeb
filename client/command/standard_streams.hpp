// SPDX-License-Identifier: LGPL-2.1-or-later
// Standard input, output and error of a program that was started without them.
#pragma once

namespace cardseal::client {

/// Descriptors 0 to 2 that are closed become ones that cannot be used: no file or socket that is opened later gets what
/// is meant for them.
void hold_standard_streams();

/// Whether standard output is a pipe or socket that nobody reads any more.
bool has_lost_reader();

/// As if SIGPIPE had not been ignored: a reader such as head(1) that has seen enough is no failure to tell of, and the
/// shell knows the signal.
[[noreturn]] void end_by_broken_pipe();

}  // namespace cardseal::client
