// SPDX-License-Identifier: LGPL-2.1-or-later
// FakeLogind: org.freedesktop.login1 on a world's private system bus, as far as cardseald needs it.
#include "fake_logind.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace cardseal::testing {

namespace {

constexpr const char* manager_path = "/org/freedesktop/login1";
constexpr const char* session_interface = "org.freedesktop.login1.Session";
constexpr const char* session_prefix = "/org/freedesktop/login1/session";

int checked(int result, const char* what) {
    if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
    return result;
}

/// A session's path ends in its user's id.
std::string session_of(uid_t user) { return session_prefix + std::string("/_") + std::to_string(user); }

int is_session(sd_bus*, const char* path, const char*, void* self, void** found, sd_bus_error*) {
    *found = self;
    return std::string(path).starts_with(session_prefix + std::string("/_"));
}

}  // namespace

const sd_bus_vtable FakeLogind::manager_methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Inhibit", "ssss", "h", FakeLogind::inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable FakeLogind::session_properties[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("User", "(uo)", FakeLogind::get_user, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_VTABLE_END,
};

FakeLogind::FakeLogind(World& world) {
    const auto address = world.python("world.environment['DBUS_SYSTEM_BUS_ADDRESS']").get<std::string>();
    sd_bus* bus = nullptr;
    checked(sd_bus_new(&bus), "making a bus connection");
    bus_.reset(bus);
    checked(sd_bus_set_address(bus, address.c_str()), "setting the bus address");
    checked(sd_bus_set_bus_client(bus, 1), "becoming a bus client");
    checked(sd_bus_start(bus), "reaching the system bus");
    checked(
        sd_bus_add_object_vtable(bus, nullptr, manager_path, "org.freedesktop.login1.Manager", manager_methods, this),
        "offering the manager");
    checked(sd_bus_add_fallback_vtable(bus, nullptr, session_prefix, session_interface, session_properties, is_session,
                                       this),
            "offering sessions");
    checked(sd_bus_request_name(bus, "org.freedesktop.login1", 0), "taking logind's name");
    serve_until([this] { return static_cast<bool>(inhibitor_); });
}

int FakeLogind::inhibit(sd_bus_message* message, void* self, sd_bus_error*) {
    const char *what = nullptr, *who = nullptr, *why = nullptr, *mode = nullptr;
    if (const int read = sd_bus_message_read(message, "ssss", &what, &who, &why, &mode); read < 0) return read;
    if (std::string(what) != "sleep" || std::string(who) != "cardseald" || std::string(mode) != "delay") return -EINVAL;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    const FileDescriptor theirs(ends[1]);
    static_cast<FakeLogind*>(self)->inhibitor_ = FileDescriptor(ends[0]);
    return sd_bus_reply_method_return(message, "h", theirs.get());
}

int FakeLogind::get_user(sd_bus*, const char* path, const char*, const char*, sd_bus_message* reply, void* self,
                         sd_bus_error*) {
    static_cast<FakeLogind*>(self)->asked_for_user_ = true;
    const auto user = static_cast<uint32_t>(std::strtoul(std::strrchr(path, '_') + 1, nullptr, 10));
    return sd_bus_message_append(reply, "(uo)", user, "/org/freedesktop/login1/user/any");
}

template <class Done>
void FakeLogind::serve_until(Done done) {
    const auto deadline = soon();
    while (!done()) {
        const int handled = checked(sd_bus_process(bus_.get(), nullptr), "serving as logind");
        if (handled > 0) continue;
        const int left = milliseconds_until(deadline);
        if (left == 0) throw std::runtime_error("cardseald does not ask its logind");
        checked(sd_bus_wait(bus_.get(), static_cast<uint64_t>(left) * 1000), "waiting as logind");
    }
    checked(sd_bus_flush(bus_.get()), "serving as logind");
}

void FakeLogind::prepare_for_sleep(bool begins) {
    checked(sd_bus_emit_signal(bus_.get(), manager_path, "org.freedesktop.login1.Manager", "PrepareForSleep", "b",
                               static_cast<int>(begins)),
            "telling of sleep");
    checked(sd_bus_flush(bus_.get()), "telling of sleep");
}

void FakeLogind::sleep() {
    prepare_for_sleep(true);
    pollfd delayed{inhibitor_.get(), POLLIN, 0};
    if (poll(&delayed, 1, milliseconds_until(soon())) != 1)
        throw std::runtime_error("cardseald does not let the machine sleep");
    inhibitor_.close();
}

void FakeLogind::wake_up() {
    prepare_for_sleep(false);
    serve_until([this] { return static_cast<bool>(inhibitor_); });
}

void FakeLogind::lock_session(uid_t user) {
    checked(sd_bus_emit_signal(bus_.get(), session_of(user).c_str(), session_interface, "Lock", ""), "locking");
    serve_until([this] { return std::exchange(asked_for_user_, false); });
}

void FakeLogind::hint_locked(uid_t user) {
    checked(sd_bus_emit_signal(bus_.get(), session_of(user).c_str(), "org.freedesktop.DBus.Properties",
                               "PropertiesChanged", "sa{sv}as", session_interface, 1, "LockedHint", "b", 1, 0),
            "locking");
    serve_until([this] { return std::exchange(asked_for_user_, false); });
}

}  // namespace cardseal::testing
