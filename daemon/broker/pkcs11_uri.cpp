// SPDX-License-Identifier: LGPL-2.1-or-later
// PKCS#11 URI (RFC 7512): the path attributes that name a token or a key.
#include "broker/pkcs11_uri.hpp"

#include <cctype>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

constexpr std::string_view scheme = "pkcs11:";

int digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    const int lower = std::tolower(static_cast<unsigned char>(character));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
        result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
        i += 2;
    }
    return result;
}

}  // namespace

bool is_pkcs11_uri(std::string_view text) { return text.starts_with(scheme); }

std::optional<UriAttributes> try_pkcs11_uri(std::string_view uri) {
    if (!is_pkcs11_uri(uri)) return std::nullopt;
    auto path = uri.substr(scheme.size());
    path = path.substr(0, path.find('?'));
    UriAttributes attributes;
    while (!path.empty()) {
        const auto part = path.substr(0, path.find(';'));
        path = path.substr(std::min(path.size(), part.size() + 1));
        const auto equals = part.find('=');
        if (equals == part.npos || equals == 0) return std::nullopt;
        auto value = decoded(part.substr(equals + 1));
        if (!value || !attributes.emplace(std::string(part.substr(0, equals)), std::move(*value)).second)
            return std::nullopt;
    }
    return attributes;
}

UriAttributes parse_pkcs11_uri(std::string_view uri) {
    auto attributes = try_pkcs11_uri(uri);
    if (!attributes) throw Error(ErrorCode::InvalidArgs, "malformed PKCS#11 URI '" + std::string(uri) + "'");
    return std::move(*attributes);
}

}  // namespace cardseal::broker
