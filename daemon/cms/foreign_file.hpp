// SPDX-License-Identifier: LGPL-2.1-or-later
// What a descriptor from a caller is, asked without trusting it and without a wait.
#pragma once

#include <chrono>

#include "base/file_descriptor.hpp"

namespace cardseal::cms {

enum class FileKind { Regular, Pipe, Socket };
enum class FileUse { Read, Write };

/// InvalidArgs unless it is a regular file, memory file, pipe or socket that is open for this use. `name` ("input")
/// begins the message.
FileKind check_foreign_file(const FileDescriptor& file, FileUse use, const std::string& name);

/// InvalidArgs if both are the same regular file: writing would destroy what is still to be read.
void refuse_same_file(const FileDescriptor& input, const FileDescriptor& output);

/// Whether poll(2) reports `events` or a hang-up within that time.
bool wait_for(const FileDescriptor& file, short events, std::chrono::milliseconds time);

}  // namespace cardseal::cms
