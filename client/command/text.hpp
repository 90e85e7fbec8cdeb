// SPDX-License-Identifier: LGPL-2.1-or-later
// Texts for terminals, and PEM.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal::client {

/// The text with every control character and every character that changes the direction of writing as "\u{HEX}":
/// names in certificates are a stranger's, and a terminal obeys what it is shown.
std::string printable(std::string_view text);

/// "0 bytes", "1023 bytes", "1.5 KiB", "2.0 GiB"
std::string format_size(uint64_t bytes);

/// "a, b"; "-" for nothing.
std::string join(const std::vector<std::string>& texts);

/// A certificate in PEM, with a line feed at its end.
std::string certificate_pem(std::span<const uint8_t> der);
/// `label`: "CERTIFICATE REQUEST".
std::string pem(std::string_view label, std::span<const uint8_t> der);

}  // namespace cardseal::client
