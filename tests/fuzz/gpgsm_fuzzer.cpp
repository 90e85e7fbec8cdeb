// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes what cardseal-gpgsm hears: lines cut from a stream and taken apart, patterns, and listings of another gpgsm.
#include <cstdint>
#include <iterator>

#include "gpgsm/colon_listing.hpp"
#include "gpgsm/line.hpp"

using namespace cardseal::gpgsm;

namespace {

/// Whatever the pieces in which it comes, the lines are the same.
void cut(std::string_view stream) {
    LineBuffer whole, pieces;
    whole.add(stream);
    for (const char c : stream) {
        pieces.add({&c, 1});
        while (const auto line = pieces.next()) {
            const auto same = whole.next();
            if (!same || same->text != line->text || same->defect != line->defect) __builtin_trap();
            if (line->text.size() > line_limit) __builtin_trap();
        }
    }
    if (whole.next()) __builtin_trap();
}

void take_apart(std::string_view line) {
    const auto command = parse_command(line);
    (void)parse_words(command.arguments).patterns();
    if (const auto words = parse_descriptor(command.arguments); words && words->number && *words->number < 0)
        __builtin_trap();
    (void)unescape_pattern(command.arguments);
    if (escape_status(line).find('\n') != std::string::npos) __builtin_trap();
}

/// Data comes back as it was, in lines that are not too long.
void carry(std::string_view bytes) {
    LineBuffer buffer;
    std::string back;
    for (const char c : data_lines(bytes)) buffer.add({&c, 1});
    while (const auto line = buffer.next()) {
        if (line->defect == Defect::TooLong) __builtin_trap();
        back += unescape(std::string_view(line->text).substr(2));
    }
    if (back != bytes) __builtin_trap();
}

void list(std::string_view listing) {
    Entry entry;
    entry.certificate.fingerprint = std::string(40, 'A');
    entry.certificate.names = {std::string(listing)};
    entry.certificate.expires = std::string("9");
    if (merge({}, SecretMark::None, listing) != listing) __builtin_trap();
    (void)merge({entry}, SecretMark::Shown, listing);
    (void)fits(entry, listing);
    (void)fingerprints_in(listing);
}

constexpr void (*targets[])(std::string_view) = {cut, take_apart, carry, list};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    targets[data[0] % std::size(targets)]({reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
