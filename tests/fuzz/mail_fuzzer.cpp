// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes the headers: of a content that was received (what it protects) and of a mail that is to be sent, which may be
// a stranger's that is forwarded.
#include "cms/mail_addresses.hpp"
#include "cms/mail_header.hpp"
#include "cms/protected_headers.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

void read_received(ByteView content) {
    const auto headers = read_protected_headers(content);
    for (const auto& field : reported(headers.fields))
        if (field.name.empty() || field.name.find_first_of("\r\n:") != std::string::npos) __builtin_trap();
}

/// Nothing of what goes out may hold a bare line end, which another reader could take for another field.
void check_line_ends(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) __builtin_trap();
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) __builtin_trap();
    }
}

void divide(ByteView mail, ipc::HeaderProtection protection) {
    const auto start = divide_mail_header(mail, protection);
    check_line_ends(start.outer);
    check_line_ends(start.header);
    if (!start.header.ends_with("\r\n")) __builtin_trap();
}

constexpr void (*targets[])(ByteView) = {
    read_received,
    [](ByteView mail) { divide(mail, ipc::HeaderProtection::None); },
    [](ByteView mail) { divide(mail, ipc::HeaderProtection::Cipher); },
    [](ByteView entity) { (void)read_entity_start(entity); },
    [](ByteView header) { (void)judge_addresses({"a@example.org"}, read_mail_authors(header)); },
    [](ByteView value) { (void)parse_address_list(text_of(value)); },
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    try {
        targets[data[0] % std::size(targets)](ByteView(data + 1, size - 1));
    } catch (const Error&) {
        // A refusal is an answer.
    }
    return 0;
}
