// SPDX-License-Identifier: LGPL-2.1-or-later
// ControlObject: the interface for the person, org.cardseal.CardsealControl1.
#include "broker/control_object.hpp"

#include "broker/bus_edge.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

static constexpr Milliseconds fresh_enough{1'000};

ControlObject::ControlObject(sdbus::IConnection& connection, const Configuration& configuration, TokenModules& modules,
                             const Jobs& jobs)
    : AdaptorInterfaces(connection, sdbus::ObjectPath("/org/cardseal/CardsealControl1")),
      configuration_(configuration),
      modules_(modules),
      jobs_(jobs) {
    registerAdaptor();
}

ControlObject::~ControlObject() { unregisterAdaptor(); }

std::map<std::string, sdbus::Variant> ControlObject::status() const {
    std::vector<ResultMap> modules;
    for (const auto& module : modules_.all()) modules.push_back(module_map(*module));
    return {{"version", sdbus::Variant(std::string(CARDSEAL_VERSION))},
            {"configuration", sdbus::Variant(configuration_.file.string())},
            {"pinentry", sdbus::Variant(configuration_.pinentry)},
            {"jobs", sdbus::Variant(static_cast<uint32_t>(jobs_.running()))},
            {"modules", sdbus::Variant(modules)}};
}

void ControlObject::GetStatus(StatusTold&& result) {
    at_bus_edge([&] {
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<StatusTold>(std::move(result));
        modules_.refresh(fresh_enough, [this, answer] { answer->returnResults(status()); });
    });
}

void ControlObject::Lock(sdbus::Result<>&& result) {
    at_bus_edge([&] {
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<sdbus::Result<>>(std::move(result));
        modules_.log_out([answer] { answer->returnResults(); });
    });
}

}  // namespace cardseal::broker
