// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyObject: a key on a token that is present, on the bus.
#pragma once

#include "sdbus_compat.hpp"

#include "ipc/token_messages.hpp"
#include "org.cardseal.CardsealControl1.Key-adaptor.hpp"

namespace cardseal::broker {

/// What the interface tells of a key.
struct KeyState {
    std::string token_path;
    ipc::KeyFound key;
    bool logged_in;
};

/// Announced when it is made.
class KeyObject final : public sdbus::AdaptorInterfaces<org::cardseal::CardsealControl1::Key_adaptor> {
public:
    KeyObject(sdbus::IConnection& connection, const std::string& path, KeyState state);
    KeyObject(const KeyObject&) = delete;
    KeyObject& operator=(const KeyObject&) = delete;
    ~KeyObject();
    /// Announces its end, which follows.
    void withdraw();

    /// Is it the same but for the properties that may change?
    bool is_of(const KeyState& state) const;
    /// Signals what is different.
    void update(const KeyState& state);

private:
    std::string Id() override;
    sdbus::ObjectPath Token() override;
    std::string Uri() override;
    std::string Label() override;
    std::string Algorithm() override;
    uint32_t Bits() override;
    std::string Curve() override;
    std::vector<std::string> Usages() override;
    std::vector<uint8_t> Certificate() override;
    std::string Fingerprint() override;
    std::string Subject() override;
    std::vector<std::string> Addresses() override;
    uint64_t NotBefore() override;
    uint64_t NotAfter() override;
    bool LoggedIn() override;
    bool AlwaysAuthenticate() override;

    KeyState state_;
};

}  // namespace cardseal::broker
