// SPDX-License-Identifier: LGPL-2.1-or-later
// ControlObject: the interface for the person, org.cardseal.CardsealControl1.
#include "broker/control_object.hpp"

#include "broker/bus_edge.hpp"
#include "broker/result_maps.hpp"
#include "sandbox/confinement.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* path = "/org/cardseal/CardsealControl1";
constexpr Milliseconds fresh_enough{1'000};
constexpr size_t largest_import = 1u << 20;
constexpr size_t longest_name = 4096;

std::string checked_token_name(std::string name) {
    if (name.size() > longest_name) throw Error(ErrorCode::InvalidArgs, "'token' is too long");
    return name;
}

}  // namespace

ControlObject::ControlObject(sdbus::IConnection& connection, EventLoop& loop, const Configuration& configuration,
                             const Logind& logind, TokenModules& modules, Jobs& jobs, Audit& audit,
                             const UserCertificates& user_certificates)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path)),
      configuration_(configuration),
      logind_(logind),
      modules_(modules),
      jobs_(jobs),
      user_certificates_(user_certificates),
      job_objects_(connection, path, loop, jobs),
      token_objects_(connection, path, modules) {
    audit.when_recorded([this](const AuditRecord& record, const CallerIdentity& caller) {
        emitKeyUsed(bus_text(record.key), record.operation, bus_text(caller.label), result_text(record));
    });
    registerAdaptor();
    modules_.when_changed([this] { token_objects_.update(); });
}

ControlObject::~ControlObject() { unregisterAdaptor(); }

std::string ControlObject::caller() const { return bus::sender_of(bus::current_message(getObject())); }

std::map<std::string, sdbus::Variant> ControlObject::status() const {
    std::vector<ResultMap> modules;
    for (const auto& module : modules_.all()) modules.push_back(module_map(*module));
    return {{"version", sdbus::Variant(std::string(CARDSEAL_VERSION))},
            {"configuration", sdbus::Variant(configuration_.file.string())},
            {"pinentry", sdbus::Variant(configuration_.pinentry)},
            {"jobs", sdbus::Variant(static_cast<uint32_t>(jobs_.running()))},
            {"landlock", sdbus::Variant(static_cast<uint32_t>(sandbox::landlock_abi()))},
            {"logind", sdbus::Variant(logind_.is_watching())},
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

void ControlObject::LockToken(sdbus::Result<>&& result, std::string token) {
    at_bus_edge([&] {
        const auto name = checked_token_name(std::move(token));
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<sdbus::Result<>>(std::move(result));
        modules_.refresh(fresh_enough, [this, name, answer] {
            try {
                const auto tokens = modules_.tokens();
                modules_.log_out(TokenId(select_token(tokens, name).id), [answer] { answer->returnResults(); });
            } catch (const Error& error) {  // the D-Bus edge of an answer that came later
                answer->returnError(dbus_error(error));
            }
        });
    });
}

void ControlObject::start_pin_job(const JobStarted& result, std::string token, OptionMap options, PinRenewal renewal) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), {}, [&](Options&, JobFiles&) {
            return PinRequest{checked_token_name(std::move(token)), renewal};
        });
    });
}

void ControlObject::StartChangePin(JobStarted&& result, std::string token, OptionMap options) {
    start_pin_job(result, std::move(token), std::move(options), PinRenewal::Change);
}

void ControlObject::StartUnblockPin(JobStarted&& result, std::string token, OptionMap options) {
    start_pin_job(result, std::move(token), std::move(options), PinRenewal::Unblock);
}

void ControlObject::StartUnlock(JobStarted&& result, std::string token, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), {},
                           [&](Options&, JobFiles&) { return UnlockRequest{checked_token_name(std::move(token))}; });
    });
}

void ControlObject::StartGenerateKey(JobStarted&& result, std::string token, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), {}, [&](Options& own, JobFiles&) {
            auto request = take_generate_options(own);
            request.token = checked_token_name(std::move(token));
            return request;
        });
    });
}

void ControlObject::StartRequestCertificate(JobStarted&& result, std::string key, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), {}, [&](Options& own, JobFiles&) {
            if (key.size() > longest_name) throw Error(ErrorCode::InvalidArgs, "'key' is too long");
            auto request = take_request_options(own);
            request.key = std::move(key);
            return request;
        });
    });
}

void ControlObject::StartStoreCertificate(JobStarted&& result, std::vector<uint8_t> file, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), {}, [&](Options& own, JobFiles&) {
            if (file.size() > ipc::max_own_certificate_file)
                throw Error(ErrorCode::LimitExceeded,
                            "the file is larger than " + std::to_string(ipc::max_own_certificate_file) + " bytes");
            auto request = take_store_options(own);
            request.file = std::move(file);
            return request;
        });
    });
}

void ControlObject::ImportCertificates(CertificatesImported&& result, std::vector<uint8_t> file) {
    at_bus_edge([&] {
        if (file.size() > largest_import)
            throw Error(ErrorCode::LimitExceeded,
                        "the file is larger than " + std::to_string(largest_import) + " bytes");
        const auto id =
            jobs_.add({caller(), {.interaction = Interaction::None}},
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
