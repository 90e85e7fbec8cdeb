// SPDX-License-Identifier: LGPL-2.1-or-later
// ContentDigests: several digests of one content in one pass, and its beginning.
#include "cms/content_digests.hpp"

namespace cardseal::cms {

ContentDigests::ContentDigests(const std::set<Digest>& digests) {
    for (const auto digest : digests) {
        DigestContext context(EVP_MD_CTX_new());
        require(context && EVP_DigestInit_ex(context.get(), message_digest(digest), nullptr) == 1, ErrorCode::Internal,
                "cannot digest");
        contexts_.emplace(digest, std::move(context));
    }
}

void ContentDigests::write(ByteView content) {
    for (const auto& [digest, context] : contexts_)
        require(EVP_DigestUpdate(context.get(), content.data(), content.size()) == 1, ErrorCode::Internal,
                "cannot digest");
    small_ = small_ && beginning_.size() + content.size() <= kept;
    if (small_)
        beginning_.insert(beginning_.end(), content.begin(), content.end());
    else
        beginning_.clear();
}

void ContentDigests::finish() {
    for (const auto& [digest, context] : contexts_) {
        Bytes result(digest_size(digest));
        require(EVP_DigestFinal_ex(context.get(), result.data(), nullptr) == 1, ErrorCode::Internal, "cannot digest");
        results_.emplace(digest, std::move(result));
    }
}

}  // namespace cardseal::cms
