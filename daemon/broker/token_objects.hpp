// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenObjects: the tokens that are present and their keys, as objects below the control object.
#pragma once

#include "broker/key_object.hpp"
#include "broker/token_modules.hpp"
#include "broker/token_object.hpp"

namespace cardseal::broker {

class TokenObjects {
public:
    /// `path` is that of the object manager; the objects are at path/token/N and path/key/N. No N is used twice.
    TokenObjects(sdbus::IConnection& connection, std::string path, const TokenModules& modules);
    TokenObjects(const TokenObjects&) = delete;
    TokenObjects& operator=(const TokenObjects&) = delete;

    /// Makes the objects what the modules' listings are, and signals the difference.
    void update();

private:
    /// The number of the module: one token may be seen with two.
    using TokenKey = std::pair<size_t, TokenId>;
    /// The certificate's fingerprint: a key may have several.
    using KeyKey = std::tuple<TokenKey, KeyId, std::string>;
    std::map<TokenKey, TokenState> present_tokens() const;
    std::map<KeyKey, KeyState> present_keys() const;
    void update_tokens(const std::map<TokenKey, TokenState>& present);
    void update_keys(const std::map<KeyKey, KeyState>& present);

    sdbus::IConnection& connection_;
    std::string path_;
    const TokenModules& modules_;
    uint64_t last_number_ = 0;
    std::map<TokenKey, std::unique_ptr<TokenObject>> tokens_;
    std::map<KeyKey, std::unique_ptr<KeyObject>> keys_;
};

}  // namespace cardseal::broker
