// SPDX-License-Identifier: LGPL-2.1-or-later
// PEM (RFC 7468) undone, as a sink before a sink.
#pragma once

#include <string>

#include "cms/transfer_decoder.hpp"

namespace cardseal::cms {

/// Takes the text after the BEGIN line. BadMessage unless it ends with the END line of that label and white space.
class PemDecoder final : public TransferDecoder {
public:
    PemDecoder(std::string label, Sink& out);
    void write(ByteView text) override;
    void finish() override;

private:
    std::string label_;
    std::unique_ptr<TransferDecoder> base64_;
    std::string end_;  ///< from the first '-' on
};

/// The BEGIN line at the start of a text, white space before it included.
struct PemStart {
    std::string label;
    size_t size;  ///< bytes to the end of the line
};

/// BadMessage unless the text starts with a whole BEGIN line of a CMS message.
PemStart read_pem_start(ByteView text);

}  // namespace cardseal::cms
