// SPDX-License-Identifier: LGPL-2.1-or-later
// JobObjects: the jobs that programs have started over one connection, each an object there until it has ended.
#include "broker/job_objects.hpp"

#include <algorithm>

namespace cardseal::broker {

std::string job_path(const std::string& parent, std::string caller, const std::string& token) {
    caller.erase(0, 1);
    std::ranges::replace(caller, '.', '_');
    return parent + "/job/" + caller + "/" + token;
}

std::string JobObjects::free_path(const std::string& caller, const std::string& token) {
    const auto path = job_path(parent_, caller, token.empty() ? std::to_string(++last_number_) : token);
    const auto taken = std::ranges::any_of(objects_, [&](const auto& entry) { return entry.second->path() == path; }) ||
                       std::ranges::any_of(finished_, [&](const auto& object) { return object->path() == path; });
    if (!taken) return path;
    if (token.empty()) return free_path(caller, token);
    invalid_option("handle_token", "is that of a job that still runs");
}

void JobObjects::start(const JobStarted& result, const std::string& caller, OptionMap option_map, JobFiles files,
                       const Decode& decode) {
    Options options(std::move(option_map));
    const auto path = free_path(caller, take_handle_token(options));
    JobOwner owner{caller, take_prompt_setup(options, Interaction::Allowed)};
    auto request = decode(options, files);
    options.refuse_unknown();
    const auto id = jobs_.add(std::move(owner), std::move(request), std::move(files));
    auto& object =
        *objects_.emplace(id, std::make_unique<JobObject>(connection_, path, jobs_, id, caller)).first->second;
    result.returnResults(sdbus::ObjectPath(path));
    jobs_.start(
        id, [this, id](const auto& outcome) { finished(id, outcome); },
        [&object](const ipc::Progress& progress) { object.tell_progress(progress); });
}

void JobObjects::finished(JobId id, const Outcome<JobResult>& outcome) {
    const auto found = objects_.find(id);
    found->second->tell_finished(outcome);
    finished_.push_back(std::move(found->second));
    objects_.erase(found);
    sweep_ = loop_.soon([this] { finished_.clear(); });
}

}  // namespace cardseal::broker
