// SPDX-License-Identifier: LGPL-2.1-or-later
// The client library: lists keys and certificates, inspects, signs, verifies, encrypts and decrypts through the
// Cardseal daemon.
//
// Every call talks to org.cardseal.Cardseal1 on the session bus, which starts the daemon if it does not run, and
// returns when the work is done; a person may be asked for a PIN meanwhile, so a call can take minutes. Failures are
// thrown as Error. What crosses here: descriptors and options go to the daemon, which reads and writes the mail itself;
// no mail byte, PIN or key passes through this library. The daemon's answers are believed.
#pragma once

#include "cardseal/bytes.hpp"
#include "cardseal/client.hpp"
