// SPDX-License-Identifier: LGPL-2.1-or-later
// PKCS#11 URI (RFC 7512): the path attributes that name a token or a key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cardseal::broker {

using UriAttributes = std::map<std::string, std::string>;

bool is_pkcs11_uri(std::string_view text);

/// The path attributes, percent-decoded; what stands after "?" is not about which key and is left out. Nothing if it is
/// malformed.
std::optional<UriAttributes> try_pkcs11_uri(std::string_view uri);
/// The same; InvalidArgs if it is malformed.
UriAttributes parse_pkcs11_uri(std::string_view uri);

}  // namespace cardseal::broker
