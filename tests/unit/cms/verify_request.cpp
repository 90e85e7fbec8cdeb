// SPDX-License-Identifier: LGPL-2.1-or-later
// A verify job and its answer, for tests.
#include "verify_request.hpp"

#include "ipc/blob_file.hpp"

namespace cardseal::cms::test {

Answer verify(const Request& request) {
    ipc::VerifyJob job{.form = request.form,
                       .verification_time = static_cast<uint64_t>(request.time),
                       .has_content = request.content.has_value(),
                       .has_output = request.with_output,
                       .from = request.from,
                       .part = request.part};
    JobFiles files;
    files.push_back(file_with(request.message));
    files.push_back(ipc::make_blob_file("anchors", request.anchors));
    files.push_back(ipc::make_blob_file("crls", request.crls));
    if (request.content) files.push_back(file_with(*request.content));
    const auto output = empty_file();
    if (request.with_output) files.push_back(output.duplicate());
    JobHarness harness;
    auto finished = harness.verify(job, std::move(files));
    if (harness.requests().of_keys() != 0) throw Error(ErrorCode::Internal, "a verify job asked for a key");
    return {std::move(finished), content_of(output)};
}

Failure failure_of(const Request& request) {
    try {
        verify(request);
    } catch (const Error& error) {
        return {error.code(), error.message()};
    }
    return {};
}

const People& people() {
    static const People people;
    return people;
}

}  // namespace cardseal::cms::test
