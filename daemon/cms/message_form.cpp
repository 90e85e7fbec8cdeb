// SPDX-License-Identifier: LGPL-2.1-or-later
// The forms that a message can come in, told apart by its first bytes.
#include "cms/message_form.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "cms/base64.hpp"
#include "cms/mime.hpp"

namespace cardseal::cms {
namespace {

constexpr uint8_t sequence = 0x30;

bool is_pem(std::string_view text) {
    const auto start = text.find_first_not_of(" \t\r\n");
    return start != text.npos && text.substr(start).starts_with("-----BEGIN ");
}

std::string_view name_of(MessageForm form) {
    switch (form) {
        case MessageForm::Der:
            return "DER";
        case MessageForm::Pem:
            return "PEM";
        case MessageForm::Base64:
            return "bare base64";
        case MessageForm::Smime:
            return "S/MIME";
    }
    throw Error(ErrorCode::Internal, "unknown form of a message");
}

}  // namespace

MessageForm recognise_form(ByteView start) {
    if (start.empty()) throw Error(ErrorCode::BadMessage, "message is empty");
    // 0x30 is the digit 0, too: no mail header starts with it, and no base64 of a SEQUENCE.
    if (start.front() == sequence) return MessageForm::Der;
    if (is_pem(text_of(start))) return MessageForm::Pem;
    if (looks_like_header(start)) return MessageForm::Smime;
    if (std::ranges::all_of(start.first(std::min<size_t>(start.size(), 1024)), is_base64_text))
        return MessageForm::Base64;
    throw Error(ErrorCode::BadMessage, "cannot read the message: it is neither DER, PEM, base64 nor S/MIME");
}

void check_form(ipc::InputForm wanted, MessageForm found) {
    const bool good = wanted == ipc::InputForm::Auto || (wanted == ipc::InputForm::Der && found == MessageForm::Der) ||
                      (wanted == ipc::InputForm::Pem && found == MessageForm::Pem) ||
                      (wanted == ipc::InputForm::Smime && found == MessageForm::Smime);
    if (!good)
        throw Error(ErrorCode::BadMessage,
                    "message is not in the form asked for: it is " + std::string(name_of(found)));
}

}  // namespace cardseal::cms
