// SPDX-License-Identifier: LGPL-2.1-or-later
// Blob file: a sealed memory file with a list of byte strings (certificates, CRLs) that a packet could not hold.
// Each is a 32-bit little-endian length and the bytes. The broker fills it unread; a CMS worker interprets it.
#pragma once

#include <vector>

#include "base/file_descriptor.hpp"

namespace cardseal::ipc {

FileDescriptor make_blob_file(const std::string& name, std::span<const Bytes> blobs);

/// LimitExceeded above `limit` bytes in all; Error(Internal) if malformed.
std::vector<Bytes> read_blob_file(const FileDescriptor& file, size_t limit);

}  // namespace cardseal::ipc
