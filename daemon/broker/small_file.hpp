// SPDX-License-Identifier: LGPL-2.1-or-later
// Small files of folders that others may have filled: read without waiting, up to a size.
#pragma once

#include <filesystem>
#include <optional>

#include "base/bytes.hpp"

namespace cardseal::broker {

/// The whole content; nothing if there is no such regular file, it cannot be read, or it has more than `limit` bytes.
std::optional<Bytes> read_small_file(const std::filesystem::path& file, size_t limit);

}  // namespace cardseal::broker
