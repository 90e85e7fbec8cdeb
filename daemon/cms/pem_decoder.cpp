// SPDX-License-Identifier: LGPL-2.1-or-later
// PEM (RFC 7468) undone, as a sink before a sink.
#include "cms/pem_decoder.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace cardseal::cms {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ", end_mark = "-----END ", dashes = "-----";
constexpr std::string_view white_space = " \t\r\n";
constexpr size_t longest_end = 4096;  ///< bytes of the END line and the white space after it

/// RFC 7468 §8 and §9, OpenSSL's PKCS7_SIGNED, and what gpgsm writes.
constexpr auto labels =
    std::to_array<std::string_view>({"CMS", "PKCS7", "PKCS #7 SIGNED DATA", "SIGNED MESSAGE", "ENCRYPTED MESSAGE"});

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

}  // namespace

PemStart read_pem_start(ByteView bytes) {
    const auto text = text_of(bytes);
    const auto start = text.find_first_not_of(white_space) + begin_mark.size();
    const auto end = text.find(dashes, start);
    const auto line_end = text.find('\n', start);
    if (line_end == text.npos || end == text.npos || end > line_end) refuse("its PEM header line is cut");
    if (text.substr(end + dashes.size(), line_end - end - dashes.size()).find_first_not_of(white_space) != text.npos)
        refuse("its PEM header line is malformed");
    const auto label = text.substr(start, end - start);
    if (std::ranges::find(labels, label) == labels.end()) refuse("it is PEM of something else than a CMS message");
    return {std::string(label), line_end + 1};
}

PemDecoder::PemDecoder(std::string label, Sink& out)
    : label_(std::move(label)), base64_(make_transfer_decoder("base64", out)) {}

void PemDecoder::write(ByteView text) {
    if (end_.empty()) {
        const auto base64 = static_cast<size_t>(std::ranges::find(text, '-') - text.begin());
        base64_->write(text.first(base64));
        text = text.subspan(base64);
    }
    end_ += text_of(text);
    if (end_.size() > longest_end) refuse("something follows its PEM end line");
}

void PemDecoder::finish() {
    base64_->finish();
    const auto line = std::string(end_mark) + label_ + std::string(dashes);
    if (end_.size() < line.size()) refuse("its PEM end line is missing");
    if (!end_.starts_with(line)) refuse("its PEM end line is malformed");
    if (end_.find_first_not_of(white_space, line.size()) != end_.npos) refuse("something follows its PEM end line");
}

}  // namespace cardseal::cms
