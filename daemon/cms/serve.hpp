// SPDX-License-Identifier: LGPL-2.1-or-later
// The request loop of a CMS worker: one job at a time, each ended with Finished.
#pragma once

#include "ipc/channel.hpp"

namespace cardseal::cms {

/// Serves until the broker closes the channel. A worker that has parsed foreign structure (decrypt, verify, encrypt, inspect)
/// returns after that job; one that has only signed may be given another of the same caller's.
void serve_jobs(ipc::Channel broker);

/// Loads what every job needs from libcrypto, so that the zygote pays for it once.
void warm_up();

}  // namespace cardseal::cms
