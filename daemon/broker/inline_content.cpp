// SPDX-License-Identifier: LGPL-2.1-or-later
// Inline content: small content that came in a call, carried unread in memory files to and from a worker.
#include "broker/inline_content.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace cardseal::broker {

FileDescriptor inline_input(Bytes& content, const char* instead) {
    if (content.size() > inline_max)
        throw Error(ErrorCode::LimitExceeded,
                    "the content is larger than " + std::to_string(inline_max) + " bytes: use " + instead);
    auto file = make_memory_file("content");
    write_all(file.get(), content);
    wipe(content);
    seal(file);
    return file;
}

FileDescriptor inline_output() { return make_memory_file("result"); }

Bytes inline_result(const FileDescriptor& output, const char* instead) {
    struct stat status {};
    if (fstat(output.get(), &status) != 0) throw_errno(ErrorCode::Internal, "cannot read the result");
    if (static_cast<uint64_t>(status.st_size) > inline_result_max)
        throw Error(ErrorCode::LimitExceeded,
                    "the result is larger than " + std::to_string(inline_result_max) + " bytes: use " + instead);
    return read_file(output, inline_result_max);
}

}  // namespace cardseal::broker
