// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyObject: a key on a token that is present, on the bus.
#include "broker/key_object.hpp"

#include <algorithm>

#include "broker/bus_text.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

KeyObject::KeyObject(sdbus::IConnection& connection, const std::string& path, KeyState state)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path)), state_(std::move(state)) {
    registerAdaptor();
    getObject().emitInterfacesAddedSignal({bus::InterfaceName(INTERFACE_NAME)});
}

KeyObject::~KeyObject() { unregisterAdaptor(); }

void KeyObject::withdraw() { getObject().emitInterfacesRemovedSignal({bus::InterfaceName(INTERFACE_NAME)}); }

bool KeyObject::is_of(const KeyState& state) const {
    auto key = state.key;
    key.always_authenticate = state_.key.always_authenticate;
    key.has_private_key = state_.key.has_private_key;
    key.chain = state_.key.chain;  // not told
    return state.token_path == state_.token_path && key == state_.key;
}

void KeyObject::update(const KeyState& state) {
    std::vector<bus::PropertyName> changed;
    if (state.logged_in != state_.logged_in) changed.emplace_back("LoggedIn");
    if (state.key.always_authenticate != state_.key.always_authenticate) changed.emplace_back("AlwaysAuthenticate");
    state_ = state;
    if (!changed.empty()) getObject().emitPropertiesChangedSignal(bus::InterfaceName(INTERFACE_NAME), changed);
}

std::string KeyObject::Id() { return bus_text(state_.key.reference.key.value); }

sdbus::ObjectPath KeyObject::Token() { return sdbus::ObjectPath(state_.token_path); }

std::string KeyObject::Uri() { return bus_text(state_.key.uri); }

std::string KeyObject::Label() { return bus_text(state_.key.label); }

std::string KeyObject::Algorithm() { return word_of(state_.key.type); }

uint32_t KeyObject::Bits() { return state_.key.bits; }

std::string KeyObject::Curve() { return bus_text(state_.key.curve); }

std::vector<std::string> KeyObject::Usages() { return usages_of(state_.key); }

std::vector<uint8_t> KeyObject::Certificate() { return state_.key.certificate; }

std::string KeyObject::Fingerprint() { return bus_text(state_.key.fingerprint); }

std::string KeyObject::Subject() { return bus_text(state_.key.subject); }

std::vector<std::string> KeyObject::Addresses() {
    auto addresses = state_.key.addresses;
    std::ranges::transform(addresses, addresses.begin(), bus_text);
    return addresses;
}

uint64_t KeyObject::NotBefore() { return state_.key.not_before; }

uint64_t KeyObject::NotAfter() { return state_.key.not_after; }

bool KeyObject::LoggedIn() { return state_.logged_in; }

bool KeyObject::AlwaysAuthenticate() { return state_.key.always_authenticate; }

}  // namespace cardseal::broker
