// SPDX-License-Identifier: LGPL-2.1-or-later
// Monitor: what the daemon tells of tokens, keys and their uses, as events.
#pragma once

#include "connection.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include <map>
#include <vector>

namespace cardseal::client {

class Monitor {
public:
    /// Subscribes, and asks what is there.
    Monitor(Connection& connection, const Watch& watch);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    /// Gives `told` what has happened since the last time. Not while the bus is read, because `told` may throw.
    void tell(const std::function<void(const Event& event)>& told);

private:
    using Properties = std::map<std::string, sdbus::Variant>;
    using Interfaces = std::map<std::string, Properties>;
    struct Thing {
        EventSubject subject = EventSubject::Token;
        std::string name;
        std::string id;  ///< of a key
    };

    template <class Handler>
    void match(const std::string& member, Handler handler);
    /// True if it was not known before.
    bool learn(const std::string& path, const Interfaces& interfaces);
    void introduce(const std::string& path, const Interfaces& interfaces, EventKind kind);
    void gone(const std::string& path);
    void changed(const std::string& path, const Properties& properties);
    void used(const std::string& key, Event event);

    std::vector<Event> untold_;
    std::map<std::string, Thing> things_;  ///< by path
    std::vector<sdbus::Slot> matches_;
    Connection& connection_;
};

}  // namespace cardseal::client
