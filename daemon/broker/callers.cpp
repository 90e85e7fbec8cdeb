// SPDX-License-Identifier: LGPL-2.1-or-later
// Callers: who calls, by unique bus name, and when they leave.
#include "broker/callers.hpp"

#include "broker/process_label.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* bus_name = "org.freedesktop.DBus";

// A client has left when its unique name has no owner any more.
constexpr const char* departures_rule =
    "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',interface='org.freedesktop.DBus',"
    "member='NameOwnerChanged',arg2=''";

std::optional<uint32_t> number(const std::map<std::string, sdbus::Variant>& credentials, const std::string& name) {
    const auto found = credentials.find(name);
    if (found == credentials.end() || !found->second.containsValueOfType<uint32_t>()) return std::nullopt;
    return found->second.get<uint32_t>();
}

CallerIdentity identity_of(const std::map<std::string, sdbus::Variant>& credentials) {
    const auto pid = number(credentials, "ProcessID");
    const auto uid = number(credentials, "UnixUserID").value_or(UINT32_MAX);
    return {uid, pid ? process_label(*pid) : "an unknown program"};
}

}  // namespace

Callers::Callers(sdbus::IConnection& connection)
    : bus_(sdbus::createProxy(connection, bus::ServiceName(bus_name), sdbus::ObjectPath("/org/freedesktop/DBus"))),
      departures_(bus::add_match(connection, departures_rule, [this](sdbus::Message& message) {
          std::string name;
          message >> name;
          if (name.starts_with(':')) has_left(name);
      })) {}

void Callers::identify(const std::string& name, Told told) {
    auto& caller = callers_[name];
    if (caller.identity) return told(*caller.identity);
    caller.waiting.push_back(std::move(told));
    if (caller.waiting.size() == 1) ask(name);
}

void Callers::ask(const std::string& name) {
    bus_->callMethodAsync("GetConnectionCredentials")
        .onInterface(bus_name)
        .withArguments(name)
        .uponReplyInvoke([this, name](bus::CallError error, const std::map<std::string, sdbus::Variant>& credentials) {
            if (error)
                forget(name, "a program that has left");
            else
                answered(name, identity_of(credentials));
        });
}

void Callers::answered(const std::string& name, const CallerIdentity& identity) {
    const auto found = callers_.find(name);
    if (found == callers_.end()) return;
    found->second.identity = identity;
    const auto waiting = std::move(found->second.waiting);
    for (const auto& told : waiting) told(identity);
}

void Callers::has_left(const std::string& name) {
    if (left_) left_(name);
    forget(name, "a program that has left");
}

void Callers::forget(const std::string& name, const std::string& label) {
    const auto found = callers_.find(name);
    if (found == callers_.end()) return;
    const auto waiting = std::move(found->second.waiting);
    callers_.erase(found);
    for (const auto& told : waiting) told({UINT32_MAX, label});
}

}  // namespace cardseal::broker
