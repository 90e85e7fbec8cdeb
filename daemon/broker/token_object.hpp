// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenObject: a token that is present, on the bus.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/token_module.hpp"
#include "org.cardseal.CardsealControl1.Token-adaptor.hpp"

namespace cardseal::broker {

/// What the interface tells of a token.
struct TokenState {
    std::string module;  ///< path
    ipc::TokenFound token;
    uint32_t keys;
};

/// Announced when it is made.
class TokenObject final : public sdbus::AdaptorInterfaces<org::cardseal::CardsealControl1::Token_adaptor> {
public:
    TokenObject(sdbus::IConnection& connection, const std::string& path, TokenState state);
    TokenObject(const TokenObject&) = delete;
    TokenObject& operator=(const TokenObject&) = delete;
    ~TokenObject();
    /// Announces its end, which follows.
    void withdraw();

    const std::string& path() const { return path_; }
    /// Of the same token; signals what is different.
    void update(const TokenState& state);

private:
    std::string Label() override;
    std::string Uri() override;
    std::string Manufacturer() override;
    std::string Model() override;
    std::string Serial() override;
    std::string Module() override;
    std::string Authentication() override;
    std::string PinState() override;
    bool LoggedIn() override;
    uint32_t Keys() override;

    std::string path_;
    TokenState state_;
};

}  // namespace cardseal::broker
