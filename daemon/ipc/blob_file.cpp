// SPDX-License-Identifier: LGPL-2.1-or-later
// Blob file: a sealed memory file with a list of byte strings (certificates, CRLs) that a packet could not hold.
#include "ipc/blob_file.hpp"

#include "base/error.hpp"

namespace cardseal::ipc {

FileDescriptor make_blob_file(const std::string& name, std::span<const Bytes> blobs) {
    auto file = make_memory_file(name);
    Bytes all;
    for (const auto& blob : blobs) {
        for (size_t i = 0; i < 4; ++i) all.push_back(static_cast<uint8_t>(blob.size() >> (8 * i)));
        all.insert(all.end(), blob.begin(), blob.end());
    }
    write_all(file.get(), all);
    seal(file);
    return file;
}

std::vector<Bytes> read_blob_file(const FileDescriptor& file, size_t limit) {
    const auto all = read_file(file, limit);
    std::vector<Bytes> blobs;
    for (ByteView rest = all; !rest.empty();) {
        if (rest.size() < 4) throw Error(ErrorCode::Internal, "malformed blob file");
        const size_t size = rest[0] | rest[1] << 8 | rest[2] << 16 | static_cast<size_t>(rest[3]) << 24;
        rest = rest.subspan(4);
        if (size > rest.size()) throw Error(ErrorCode::Internal, "malformed blob file");
        blobs.push_back(to_bytes(rest.first(size)));
        rest = rest.subspan(size);
    }
    return blobs;
}

}  // namespace cardseal::ipc
