// SPDX-License-Identifier: LGPL-2.1-or-later
// JobObject: a job on the bus, for the one program that started it.
#include "broker/job_object.hpp"

#include "broker/bus_edge.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

JobObject::JobObject(sdbus::IConnection& connection, const std::string& path, Jobs& jobs, JobId id, std::string caller)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path)),
      jobs_(jobs),
      id_(id),
      caller_(std::move(caller)),
      path_(path) {
    registerAdaptor();
}

JobObject::~JobObject() { unregisterAdaptor(); }

sdbus::Signal JobObject::signal(const char* name) {
    auto signal = getObject().createSignal(bus::InterfaceName(INTERFACE_NAME), bus::SignalName(name));
    signal.setDestination(caller_);
    return signal;
}

void JobObject::tell_progress(const ipc::Progress& progress) {
    auto message = signal("Progress");
    message << progress.bytes_in << progress.bytes_out << progress.bytes_total;
    message.send();
}

void JobObject::tell_finished(const Outcome<JobResult>& outcome) {
    auto message = signal("Finished");
    if (const auto* error = error_of(outcome))
        message << dbus_name_of(error->code()) << bus_text(error->message()) << ResultMap();
    else
        message << std::string() << std::string() << result_map(std::get<JobResult>(outcome));
    message.send();
}

void JobObject::require_caller() const {
    if (bus::sender_of(bus::current_message(getObject())) != caller_)
        throw Error(ErrorCode::AccessDenied, "this job belongs to another program");
}

const Job& JobObject::running_job() const {
    // After Finished this object is gone for its caller, though it stays until no handler of its own can be running.
    if (const auto* job = jobs_.find(id_)) return *job;
    throw bus::make_error("org.freedesktop.DBus.Error.UnknownObject", "the job has ended");
}

std::tuple<std::string, uint64_t, uint64_t, uint64_t> JobObject::GetState() {
    return at_bus_edge([&]() -> std::tuple<std::string, uint64_t, uint64_t, uint64_t> {
        require_caller();
        const auto& job = running_job();
        const auto& progress = job.progress();
        return {job.state() == JobState::Waiting ? "waiting" : "running", progress.bytes_in, progress.bytes_out,
                progress.bytes_total};
    });
}

void JobObject::Cancel() {
    at_bus_edge([&] {
        require_caller();
        (void)running_job();
        jobs_.cancel(id_);
    });
}

}  // namespace cardseal::broker
