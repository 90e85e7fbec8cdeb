// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes the decompress job as a whole: a stranger's CompressedData and the zlib stream in it.
#include <sys/stat.h>

#include "cms/jobs.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

FileDescriptor file_with(ByteView bytes) {
    auto file = make_memory_file("fuzz");
    write_all(file.get(), bytes);
    return file;
}

/// Whether the job succeeded.
bool decompress(ByteView input, const FileDescriptor& output) {
    auto sockets = make_packet_sockets();
    const ipc::Channel channel(std::move(sockets.ours));
    JobLink link(channel, JobId{1});
    JobFiles files;
    files.push_back(file_with(input));
    files.push_back(output.duplicate());
    try {
        run_decompress({ipc::InputForm::Auto, ipc::InputOrigin::Private}, std::move(files), link);
        return true;
    } catch (const Error&) {
        // A refusal is an answer.
        return false;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto output = make_memory_file("fuzz-output");
    const bool done = decompress({data, size}, output);
    struct stat status {};
    if (fstat(output.get(), &status) != 0 || (!done && status.st_size != 0)) __builtin_trap();
    return 0;
}
