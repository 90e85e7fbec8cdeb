// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon works with: its modules, readers and tokens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cardseal::client {

struct Token {
    std::string label;
    std::string uri;
    std::string manufacturer;
    std::string model;
    std::string serial;
    std::string authentication;  ///< "none", "pin", "pinpad"
    std::string pin_state;       ///< "normal", "count-low", "final-try", "locked"
    bool logged_in = false;
    uint32_t keys = 0;
};

/// A place for a token: a card reader, or a slot of an HSM.
struct Reader {
    std::string description;
    bool token = false;        ///< there is one in it
    bool initialised = false;  ///< that token is ready for use
};

struct Module {
    std::string path;
    std::string state;    ///< "running", "failed"
    std::string message;  ///< why it failed
    std::vector<Token> tokens;
    std::vector<Reader> readers;
};

struct Status {
    std::string version;
    std::string configuration;  ///< the file read; empty: none
    std::string pinentry;
    uint32_t jobs = 0;
    uint32_t landlock = 0;  ///< version of the kernel's Landlock; 0: none
    bool logind = false;    ///< screen lock and suspend are noticed
    std::vector<Module> modules;
};

}  // namespace cardseal::client
