// SPDX-License-Identifier: LGPL-2.1-or-later
// A client of the daemon that keeps a chosen number of inline calls in flight on one connection.
#pragma once

#include <systemd/sd-bus.h>
#include <chrono>
#include <string>
#include <vector>

namespace bench {

struct InlineCall {
    const char* method;  ///< "Sign" or "Decrypt"
    std::string key;     ///< for Sign
    std::vector<unsigned char> content;
};

struct Measured {
    double per_second = 0;
    double median_ms = 0;  ///< from sending to the answer
};

class BusClient {
public:
    BusClient();
    ~BusClient();
    BusClient(const BusClient&) = delete;
    BusClient& operator=(const BusClient&) = delete;

    /// Calls once, with the PIN prompt allowed; throws with the daemon's error.
    void unlock(const InlineCall& call);
    Measured run(const InlineCall& call, unsigned in_flight, std::chrono::duration<double> time);

private:
    sd_bus_message* message(const InlineCall& call, bool may_prompt);

    sd_bus* bus_ = nullptr;
};

}  // namespace bench
