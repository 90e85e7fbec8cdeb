// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenObject: a token that is present, on the bus.
#include "broker/token_object.hpp"

#include "broker/bus_text.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

TokenObject::TokenObject(sdbus::IConnection& connection, const std::string& path, TokenState state)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path)), path_(path), state_(std::move(state)) {
    registerAdaptor();
    getObject().emitInterfacesAddedSignal({bus::InterfaceName(INTERFACE_NAME)});
}

TokenObject::~TokenObject() { unregisterAdaptor(); }

void TokenObject::withdraw() { getObject().emitInterfacesRemovedSignal({bus::InterfaceName(INTERFACE_NAME)}); }

void TokenObject::update(const TokenState& state) {
    std::vector<bus::PropertyName> changed;
    const auto compare = [&](const char* name, const auto& before, const auto& now) {
        if (before != now) changed.emplace_back(name);
    };
    compare("Authentication", state_.token.authentication, state.token.authentication);
    compare("PinState", state_.token.pin_state, state.token.pin_state);
    compare("LoggedIn", state_.token.logged_in, state.token.logged_in);
    compare("Keys", state_.keys, state.keys);
    state_ = state;
    if (!changed.empty()) getObject().emitPropertiesChangedSignal(bus::InterfaceName(INTERFACE_NAME), changed);
}

std::string TokenObject::Label() { return bus_text(state_.token.label); }

std::string TokenObject::Uri() { return bus_text(state_.token.id.value); }

std::string TokenObject::Manufacturer() { return bus_text(state_.token.manufacturer); }

std::string TokenObject::Model() { return bus_text(state_.token.model); }

std::string TokenObject::Serial() { return bus_text(state_.token.serial); }

std::string TokenObject::Module() { return bus_text(state_.module); }

std::string TokenObject::Authentication() { return word_of(state_.token.authentication); }

std::string TokenObject::PinState() { return word_of(state_.token.pin_state); }

bool TokenObject::LoggedIn() { return state_.token.logged_in; }

uint32_t TokenObject::Keys() { return state_.keys; }

}  // namespace cardseal::broker
