// SPDX-License-Identifier: LGPL-2.1-or-later
// Monitor: what the daemon tells of tokens, keys and their uses, as events.
#include "monitor.hpp"

namespace cardseal::client {

namespace {

constexpr const char* token_interface = "org.cardseal.CardsealControl1.Token";
constexpr const char* key_interface = "org.cardseal.CardsealControl1.Key";
constexpr const char* object_manager = "org.freedesktop.DBus.ObjectManager";

template <class Value>
Value value_of(const std::map<std::string, sdbus::Variant>& properties, const char* name) {
    const auto found = properties.find(name);
    const bool fits = found != properties.end() && found->second.containsValueOfType<Value>();
    return fits ? found->second.template get<Value>() : Value();
}

std::string key_name(const std::map<std::string, sdbus::Variant>& properties) {
    std::string name;
    for (const auto& address : value_of<std::vector<std::string>>(properties, "Addresses"))
        name += (name.empty() ? "" : ", ") + address;
    return name.empty() ? value_of<std::string>(properties, "Id") : name;
}

}  // namespace

template <class Handler>
void Monitor::match(const std::string& member, Handler handler) {
    const auto name = std::string(Connection::interface_of(Service::Control));
    matches_.push_back(
        bus::add_match(connection_.bus(), "type='signal',sender='" + name + "',member='" + member + "'", handler));
}

Monitor::Monitor(Connection& connection, const Watch& watch) : connection_(connection) {
    match("InterfacesAdded", [this](sdbus::Message& message) {
        sdbus::ObjectPath path;
        Interfaces interfaces;
        message >> path >> interfaces;
        introduce(path, interfaces, EventKind::Appeared);
    });
    match("InterfacesRemoved", [this](sdbus::Message& message) {
        sdbus::ObjectPath path;
        message >> path;
        gone(path);
    });
    match("PropertiesChanged", [this](sdbus::Message& message) {
        std::string interface;
        Properties properties;
        message >> interface >> properties;
        if (interface == token_interface) changed(bus::path_of(message), properties);
    });
    match("KeyUsed", [this](sdbus::Message& message) {
        std::string key;
        Event event{.subject = EventSubject::Key, .kind = EventKind::Used};
        message >> key >> event.operation >> event.program >> event.result;
        used(key, std::move(event));
    });
    const auto present = connection.call<std::map<sdbus::ObjectPath, Interfaces>>(Service::Control, object_manager,
                                                                                  "GetManagedObjects", watch);
    for (const auto& [path, interfaces] : present) introduce(path, interfaces, EventKind::Present);
}

void Monitor::tell(const std::function<void(const Event& event)>& told) {
    for (const auto& event : std::exchange(untold_, {})) told(event);
}

bool Monitor::learn(const std::string& path, const Interfaces& interfaces) {
    Thing thing;
    if (const auto token = interfaces.find(token_interface); token != interfaces.end())
        thing.name = value_of<std::string>(token->second, "Label");
    else if (const auto key = interfaces.find(key_interface); key != interfaces.end())
        thing = {EventSubject::Key, key_name(key->second), value_of<std::string>(key->second, "Id")};
    else
        return false;
    return things_.emplace(path, std::move(thing)).second;
}

void Monitor::introduce(const std::string& path, const Interfaces& interfaces, EventKind kind) {
    if (!learn(path, interfaces)) return;
    const auto& thing = things_.at(path);
    untold_.push_back({.subject = thing.subject, .kind = kind, .name = thing.name});
}

void Monitor::gone(const std::string& path) {
    const auto found = things_.find(path);
    if (found == things_.end()) return;
    const auto thing = std::move(found->second);
    things_.erase(found);
    untold_.push_back({.subject = thing.subject, .kind = EventKind::Gone, .name = thing.name});
}

void Monitor::changed(const std::string& path, const Properties& properties) {
    const auto found = things_.find(path);
    if (found == things_.end()) return;
    if (properties.contains("LoggedIn")) {
        const auto kind = value_of<bool>(properties, "LoggedIn") ? EventKind::LoggedIn : EventKind::LoggedOut;
        untold_.push_back({.subject = EventSubject::Token, .kind = kind, .name = found->second.name});
    }
    if (properties.contains("PinState"))
        untold_.push_back({.subject = EventSubject::Token,
                           .kind = EventKind::PinState,
                           .name = found->second.name,
                           .pin_state = value_of<std::string>(properties, "PinState")});
}

void Monitor::used(const std::string& key, Event event) {
    event.name = key;
    for (const auto& [path, thing] : things_)
        if (!key.empty() && thing.id == key) event.name = thing.name;
    untold_.push_back(std::move(event));
}

}  // namespace cardseal::client
