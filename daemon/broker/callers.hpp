// SPDX-License-Identifier: LGPL-2.1-or-later
// Callers: who calls, by unique bus name, and when they leave.
#pragma once

#include "broker/bus_connection.hpp"

namespace cardseal::broker {

/// Who a caller is. The user id is believed; the label is for people only: it can be forged.
struct CallerIdentity {
    uint64_t uid = 0;
    std::string label;           ///< "mutt [4711]"
    std::string on_behalf_of{};  ///< label of the program that it says it works for; empty: none
};

class Callers {
public:
    explicit Callers(sdbus::IConnection& connection);
    Callers(const Callers&) = delete;
    Callers& operator=(const Callers&) = delete;

    /// Told the unique name of each client that leaves the bus.
    void when_left(std::function<void(const std::string& name)> left) { left_ = std::move(left); }

    using Told = std::function<void(const CallerIdentity& identity)>;
    /// Asks the bus once for each caller; at once if it is known.
    void identify(const std::string& name, Told told);

private:
    struct Caller {
        std::optional<CallerIdentity> identity;
        std::vector<Told> waiting;
    };

    void ask(const std::string& name);
    void answered(const std::string& name, const CallerIdentity& identity);
    void has_left(const std::string& name);
    void forget(const std::string& name, const std::string& label);

    std::function<void(const std::string& name)> left_;
    std::map<std::string, Caller> callers_;
    std::unique_ptr<sdbus::IProxy> bus_;
    sdbus::Slot departures_;
};

}  // namespace cardseal::broker
