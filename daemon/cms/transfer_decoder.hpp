// SPDX-License-Identifier: LGPL-2.1-or-later
// Content-Transfer-Encodings (RFC 2045 §6) undone, as sinks before a sink.
#pragma once

#include <memory>
#include <string_view>

#include "cms/sink.hpp"

namespace cardseal::cms {

class TransferDecoder : public Sink {
public:
    /// Ends the text; BadMessage if it was cut.
    virtual void finish() = 0;
};

/// For "base64", "quoted-printable", "7bit", "8bit", "binary" or "" (7bit) in lower case; BadMessage for another.
std::unique_ptr<TransferDecoder> make_transfer_decoder(std::string_view encoding, Sink& out);

}  // namespace cardseal::cms
