// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens to tokens and keys, as it is told while one watches.
#pragma once

#include <string>

namespace cardseal::client {

enum class EventSubject { Token, Key };
/// Present: it was there when the watching began.
enum class EventKind { Present, Appeared, Gone, LoggedIn, LoggedOut, PinState, Used };

/// What happened to a token or a key. The texts are the token's and the program's own: escape them before showing them.
struct Event {
    EventSubject subject = EventSubject::Token;
    EventKind kind = EventKind::Appeared;
    std::string name{};       ///< the token's label; the key's addresses, or its id
    std::string pin_state{};  ///< PinState: as of a Token
    std::string operation{};  ///< Used: "sign", "unwrap", "agree", "decrypt", "generate", "request"
    std::string program{};    ///< Used: who asked, as it calls itself
    std::string result{};     ///< Used: "Done", or the name of an Error
};

}  // namespace cardseal::client
