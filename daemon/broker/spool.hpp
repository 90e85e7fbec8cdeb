// SPDX-License-Identifier: LGPL-2.1-or-later
// Spool files: unlinked files on disk for a job's private copy of a large input (the CMS worker encrypts what it
// writes).
#pragma once

#include "base/file_descriptor.hpp"

namespace cardseal::broker {

/// In the user's cache folder, else in /var/tmp; never in /tmp or /run, which may be memory. OutputFailed if neither
/// can be written.
FileDescriptor open_spool();

}  // namespace cardseal::broker
