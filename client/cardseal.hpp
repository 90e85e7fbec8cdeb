// SPDX-License-Identifier: LGPL-2.1-or-later
// The client library: lists keys and certificates, inspects, signs, verifies, encrypts and decrypts through the
// Cardseal daemon. cardseal(3) is its manual; client.hpp has the calls.
//
// What crosses here: options, and descriptors of content, go to the daemon, whose workers read and write it; no PIN and
// no key comes into this process. The daemon's answers are believed.
#pragma once

#include "cardseal/bytes.hpp"
#include "cardseal/client.hpp"
