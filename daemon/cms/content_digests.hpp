// SPDX-License-Identifier: LGPL-2.1-or-later
// ContentDigests: several digests of one content in one pass, and its beginning.
#pragma once

#include <map>
#include <set>

#include "cms/openssl.hpp"
#include "cms/sink.hpp"

namespace cardseal::cms {

class ContentDigests final : public Sink {
public:
    /// Bytes of the content that `beginning` keeps.
    static constexpr size_t kept = 64 * 1024;

    explicit ContentDigests(const std::set<Digest>& digests);

    void write(ByteView content) override;
    /// No write afterwards.
    void finish();

    const Bytes& digest(Digest digest) const { return results_.at(digest); }
    /// All of a content up to `kept` bytes; empty for a larger one.
    const Bytes& whole_small_content() const { return beginning_; }

private:
    std::map<Digest, DigestContext> contexts_;
    std::map<Digest, Bytes> results_;
    Bytes beginning_;
    bool small_ = true;
};

}  // namespace cardseal::cms
