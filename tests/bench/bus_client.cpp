// SPDX-License-Identifier: LGPL-2.1-or-later
// A client of the daemon that keeps a chosen number of inline calls in flight on one connection.
#include "bus_client.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace bench {

using Clock = std::chrono::steady_clock;

static void must(int result, const char* what) {
    if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
}

BusClient::BusClient() { must(sd_bus_open_user(&bus_), "cannot connect to the session bus"); }

BusClient::~BusClient() { sd_bus_flush_close_unref(bus_); }

sd_bus_message* BusClient::message(const InlineCall& call, bool may_prompt) {
    sd_bus_message* message = nullptr;
    must(sd_bus_message_new_method_call(bus_, &message, "org.cardseal.Cardseal1", "/org/cardseal/Cardseal1",
                                        "org.cardseal.Cardseal1", call.method),
         "new_method_call");
    if (std::string_view(call.method) == "Sign")
        must(sd_bus_message_append(message, "as", 1, call.key.c_str()), "keys");
    must(sd_bus_message_append_array(message, 'y', call.content.data(), call.content.size()), "content");
    const char* interaction = may_prompt ? "allowed" : "none";
    if (std::string_view(call.method) == "Sign")
        must(sd_bus_message_append(message, "a{sv}", 2, "interaction", "s", interaction, "format", "s", "der"),
             "options");
    else
        must(sd_bus_message_append(message, "a{sv}", 1, "interaction", "s", interaction), "options");
    return message;
}

void BusClient::unlock(const InlineCall& call) {
    auto* request = message(call, true);
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* answer = nullptr;
    const int result = sd_bus_call(bus_, request, 60'000'000, &error, &answer);
    sd_bus_message_unref(request);
    if (result < 0) throw std::runtime_error(std::string(error.name) + ": " + error.message);
    sd_bus_message_unref(answer);
}

namespace {

/// What the answers' callback shares with the loop.
struct Flight {
    std::vector<double> latencies_ms;
    unsigned in_flight = 0;
    std::string error;
};

struct Sent {
    Flight& flight;
    Clock::time_point at;
};

int answered(sd_bus_message* answer, void* data, sd_bus_error*) {
    const std::unique_ptr<Sent> sent(static_cast<Sent*>(data));
    --sent->flight.in_flight;
    if (const auto* error = sd_bus_message_get_error(answer))
        sent->flight.error = std::string(error->name) + ": " + error->message;
    sent->flight.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - sent->at).count());
    return 1;
}

}  // namespace

Measured BusClient::run(const InlineCall& call, unsigned in_flight, std::chrono::duration<double> time) {
    Flight flight;
    const auto start = Clock::now();
    while (flight.error.empty()) {
        const bool over = Clock::now() - start > time;
        if (over && flight.in_flight == 0) break;
        while (!over && flight.in_flight < in_flight) {
            auto* request = message(call, false);
            must(sd_bus_call_async(bus_, nullptr, request, answered, new Sent{flight, Clock::now()}, 60'000'000),
                 "call");
            sd_bus_message_unref(request);
            ++flight.in_flight;
        }
        const int progress = sd_bus_process(bus_, nullptr);
        must(progress, "process");
        if (progress == 0) must(sd_bus_wait(bus_, UINT64_MAX), "wait");
    }
    if (!flight.error.empty()) throw std::runtime_error(flight.error);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    auto& all = flight.latencies_ms;
    std::nth_element(all.begin(), all.begin() + static_cast<ptrdiff_t>(all.size() / 2), all.end());
    return {static_cast<double>(all.size()) / seconds, all[all.size() / 2]};
}

}  // namespace bench
