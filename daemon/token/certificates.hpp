// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenWalk: slots, tokens and their certificates as libp11 finds them.
//
// Two properties of libp11 0.4.12 and 0.4.13 decide its shape.
// Releasing a slot calls C_CloseAllSessions, which logs the token out under our feet; and PKCS11_update_slots of 0.4.12
// reads beyond its array and frees slots in use. So a walk is kept for as long as the process lives, a new one is
// made only when a token is there that no walk has seen in that slot, and nothing is released before the end. What is
// left over is one closed session and some hundred bytes for each time that a token is plugged in.
#pragma once

#include <deque>
#include <vector>

#include "token/module.hpp"
#include "token/openssl.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

struct FoundCertificate {
    Certificate certificate;
    Bytes id;  ///< CKA_ID; joins it with its private key
    std::string label;
};

/// Not for several threads: cold enumeration in libp11 races.
class TokenWalk {
public:
    explicit TokenWalk(const Module& module) : module_(module) {}
    TokenWalk(const TokenWalk&) = delete;
    TokenWalk& operator=(const TokenWalk&) = delete;
    ~TokenWalk();

    /// The certificates on this token, in this slot. The caller has just opened a session there: with no session to
    /// have, libp11 0.4.12 waits for ever. ModuleFailed if they cannot be read; TokenRemoved if it is not there.
    std::vector<FoundCertificate> certificates_of(CK_SLOT_ID slot, const TokenDescription& token);

private:
    struct Slots {
        PKCS11_SLOT* first = nullptr;
        unsigned int count = 0;
    };

    PKCS11_TOKEN* find(CK_SLOT_ID slot, const TokenDescription& token);
    void walk();

    const Module& module_;
    std::deque<Slots> walks_;  ///< latest first
};

}  // namespace cardseal::token
