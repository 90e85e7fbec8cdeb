// SPDX-License-Identifier: LGPL-2.1-or-later
// Sink: where bytes go, one piece after another; encoders are sinks in front of sinks.
#pragma once

#include "base/bytes.hpp"

namespace cardseal::cms {

class Sink {
public:
    virtual ~Sink() = default;
    virtual void write(ByteView bytes) = 0;
};

/// Gathers everything in memory; for small things.
class MemorySink final : public Sink {
public:
    void write(ByteView bytes) override { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    const Bytes& bytes() const { return bytes_; }
    Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

}  // namespace cardseal::cms
