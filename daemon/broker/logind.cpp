// SPDX-License-Identifier: LGPL-2.1-or-later
// Logind: when the person's screen is locked and when the machine is about to sleep.
#include "broker/logind.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/log.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* name = "org.freedesktop.login1";
constexpr const char* manager_path = "/org/freedesktop/login1";
constexpr const char* manager_interface = "org.freedesktop.login1.Manager";
constexpr const char* session_interface = "org.freedesktop.login1.Session";

std::string signal_rule(const std::string& rest) { return "type='signal',sender='org.freedesktop.login1'," + rest; }

bool is_ours(const sdbus::Variant& user) {
    using User = sdbus::Struct<uint32_t, sdbus::ObjectPath>;
    return user.containsValueOfType<User>() && std::get<0>(user.get<User>()) == getuid();
}

}  // namespace

Logind::Logind(EventLoop& loop, Events events) : events_(std::move(events)) {
    try {
        bus_ = std::make_unique<BusConnection>(loop, BusConnection::Bus::System, [this] {
            inhibitor_.close();
            log(Severity::Warning, "lost the system bus: screen lock and suspend are not noticed any more");
        });
        subscribe();
        take_inhibitor();
    } catch (const Error& error) {  // a machine without a system bus works all the same
        log(Severity::Notice, "screen lock and suspend are not noticed: " + error.message());
    }
}

void Logind::subscribe() {
    auto& connection = bus_->get();
    const auto match = [&](const std::string& rule, std::function<void(sdbus::Message&)> told) {
        matches_.push_back(bus::add_match(connection, rule, std::move(told)));
    };
    match(signal_rule("interface='org.freedesktop.login1.Session',member='Lock'"),
          [this](sdbus::Message& message) { session_locked(bus::path_of(message)); });
    // A screen that the desktop has locked by itself shows here only.
    match(signal_rule("interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
                      "arg0='org.freedesktop.login1.Session'"),
          [this](sdbus::Message& message) {
              std::string interface;
              std::map<std::string, sdbus::Variant> changed;
              message >> interface >> changed;
              const auto hint = changed.find("LockedHint");
              if (hint != changed.end() && hint->second.containsValueOfType<bool>() && hint->second.get<bool>())
                  session_locked(bus::path_of(message));
          });
    match(signal_rule("interface='org.freedesktop.login1.Manager',member='PrepareForSleep'"),
          [this](sdbus::Message& message) {
              bool begins = false;
              message >> begins;
              prepare_for_sleep(begins);
          });
    match(
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.login1'",
        [this](sdbus::Message& message) {
            std::string changed, before, after;
            message >> changed >> before >> after;
            inhibitor_.close();
            if (!after.empty()) take_inhibitor();
        });
    manager_ = sdbus::createProxy(connection, bus::ServiceName(name), sdbus::ObjectPath(manager_path));
}

void Logind::take_inhibitor() {
    manager_->callMethodAsync("Inhibit")
        .onInterface(manager_interface)
        .withArguments(std::string("sleep"), std::string("cardseald"), std::string("logging out of tokens"),
                       std::string("delay"))
        .uponReplyInvoke([this](bus::CallError error, sdbus::UnixFd inhibitor) {
            if (error)
                log(Severity::Notice, "suspend is not noticed: logind says: " + error->getMessage());
            else
                inhibitor_ = FileDescriptor(inhibitor.release());
        });
}

void Logind::prepare_for_sleep(bool begins) {
    if (begins) return events_.about_to_sleep([this] { inhibitor_.close(); });
    take_inhibitor();
    events_.woke_up();
}

void Logind::session_locked(const std::string& session) {
    auto& proxy = sessions_[session];
    if (!proxy) proxy = sdbus::createProxy(bus_->get(), bus::ServiceName(name), sdbus::ObjectPath(session));
    proxy->callMethodAsync("Get")
        .onInterface("org.freedesktop.DBus.Properties")
        .withArguments(std::string(session_interface), std::string("User"))
        .uponReplyInvoke([this](bus::CallError error, const sdbus::Variant& user) {
            // One that cannot be asked may be ours.
            if (error || is_ours(user)) events_.screen_locked();
        });
}

}  // namespace cardseal::broker
