// SPDX-License-Identifier: LGPL-2.1-or-later
// ControlObject: the interface for the person, org.cardseal.CardsealControl1.
#include "broker/control_object.hpp"

#include "broker/bus_edge.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

static constexpr Milliseconds fresh_enough{1'000};
static constexpr size_t largest_import = 1u << 20;

ControlObject::ControlObject(sdbus::IConnection& connection, const Configuration& configuration, TokenModules& modules,
                             Jobs& jobs, const UserCertificates& user_certificates)
    : AdaptorInterfaces(connection, sdbus::ObjectPath("/org/cardseal/CardsealControl1")),
      configuration_(configuration),
      modules_(modules),
      jobs_(jobs),
      user_certificates_(user_certificates) {
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

void ControlObject::ImportCertificates(CertificatesImported&& result, std::vector<uint8_t> file) {
    at_bus_edge([&] {
        if (file.size() > largest_import)
            throw Error(ErrorCode::LimitExceeded,
                        "the file is larger than " + std::to_string(largest_import) + " bytes");
        const auto caller = bus::sender_of(bus::current_message(getObject()));
        const auto id =
            jobs_.add({caller, {.interaction = Interaction::None}},
                      CertificatesRequest{.action = ipc::CertificatesAction::Import, .file = std::move(file)}, {});
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<CertificatesImported>(std::move(result));
        const auto ended = [answer](const Outcome<JobResult>& outcome) {
            if (const auto* error = error_of(outcome)) return answer->returnError(dbus_error(*error));
            answer->returnResults(std::get<JobResult>(outcome).imported);
        };
        jobs_.start(id, ended, [](const ipc::Progress&) {});
    });
}

void ControlObject::RemoveCertificate(const std::string& fingerprint) {
    at_bus_edge([&] { user_certificates_.remove(fingerprint); });
}

}  // namespace cardseal::broker
