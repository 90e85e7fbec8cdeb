// SPDX-License-Identifier: LGPL-2.1-or-later
// PrivateCopy: bytes that nobody else can change while they are read twice: in a memory file, and when they are many in
// an encrypted file on disk.
#pragma once

#include <functional>
#include <memory>

#include "base/secret.hpp"
#include "cms/cached_source.hpp"
#include "cms/openssl.hpp"
#include "cms/sink.hpp"

namespace cardseal::cms {

/// Written once from start to end, then read at any offset. Encrypted with a random key of its own (AES-256-CTR): what
/// stays on the disk's blocks is of no use to anybody. Memory use is constant.
class PrivateCopy final : public Sink {
public:
    using OpenSpool = std::function<FileDescriptor()>;
    static constexpr uint64_t memory_limit = 16 << 20;

    /// `open_spool` is called at most once, when the copy outgrows `memory_limit` bytes.
    explicit PrivateCopy(OpenSpool open_spool);
    ~PrivateCopy() override;

    void write(ByteView bytes) override;
    uint64_t size() const { return size_ + pending_.size(); }
    /// Ends the writing; this object is empty afterwards.
    std::unique_ptr<Source> finish();

private:
    void store_pending();
    void move_to_spool();

    OpenSpool open_spool_;
    FileDescriptor file_;
    bool spooled_ = false;
    Secret key_;
    CipherContext cipher_;
    uint64_t size_ = 0;  ///< in the file
    Bytes pending_;
};

}  // namespace cardseal::cms
