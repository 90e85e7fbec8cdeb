// SPDX-License-Identifier: LGPL-2.1-or-later
// The inspect job: which parts a message has, and what can be done with each.
#include "cms/jobs.hpp"
#include "cms/message_input.hpp"

namespace cardseal::cms {

ipc::Finished run_inspect(const ipc::InspectJob& job, JobFiles files, JobLink& link) {
    if (files.size() != 1) throw Error(ErrorCode::Internal, "malformed internal message");
    auto inspected = inspect_message(std::move(files[0]), job.form, job.origin, link);
    ipc::Finished finished;
    finished.bytes_in = inspected.bytes_in;
    finished.parts = std::move(inspected.parts);
    return finished;
}

}  // namespace cardseal::cms
