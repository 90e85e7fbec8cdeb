// SPDX-License-Identifier: LGPL-2.1-or-later
// Which program a name means, among those in PATH.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace cardseal::client {

/// The first executable of that name in PATH, then in the usual folders, that is wanted.
std::optional<std::string> find_program(const std::string& name,
                                        const std::function<bool(const std::string& path)>& is_wanted);

/// Links are followed.
bool is_same_file(const std::string& first, const std::string& second);

}  // namespace cardseal::client
