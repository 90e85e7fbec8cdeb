// SPDX-License-Identifier: LGPL-2.1-or-later
// FakeLogind: org.freedesktop.login1 on a world's private system bus, as far as cardseald needs it.
#pragma once

#include <systemd/sd-bus.h>
#include <memory>
#include <string>

#include "world.hpp"

namespace cardseal::testing {

class FakeLogind {
public:
    /// On the bus of `prepare_system_bus`. Returns when cardseald has asked that sleep be delayed.
    explicit FakeLogind(World& world);

    /// A session's screen is locked by command: Session.Lock. Returns when cardseald knows whose session it is.
    void lock_session(uid_t user);
    /// The same for a desktop that has locked its screen by itself: the session's property LockedHint changes.
    void hint_locked(uid_t user);
    /// Tells that the machine is about to sleep, and waits until nobody delays it any more.
    void sleep();
    /// Returns when cardseald has asked again that the next sleep be delayed.
    void wake_up();

    /// For WorldSetup::prepare.
    static inline const std::string prepare_system_bus = "world.start_system_bus()";

private:
    static int inhibit(sd_bus_message* message, void* self, sd_bus_error*);
    static int get_user(sd_bus*, const char* path, const char*, const char*, sd_bus_message* reply, void* self,
                        sd_bus_error*);
    static const sd_bus_vtable manager_methods[];
    static const sd_bus_vtable session_properties[];
    void prepare_for_sleep(bool begins);
    template <class Done>
    void serve_until(Done done);

    std::unique_ptr<sd_bus, decltype(&sd_bus_flush_close_unref)> bus_{nullptr, sd_bus_flush_close_unref};
    FileDescriptor inhibitor_;  ///< our end: it hangs up when cardseald closes its own
    bool asked_for_user_ = false;
};

}  // namespace cardseal::testing
