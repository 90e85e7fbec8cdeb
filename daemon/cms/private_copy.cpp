// SPDX-License-Identifier: LGPL-2.1-or-later
// PrivateCopy: bytes that nobody else can change while they are read twice: in a memory file, and when they are many in
// an encrypted file on disk.
#include "cms/private_copy.hpp"

#include <openssl/rand.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace cardseal::cms {
namespace {

constexpr size_t block_size = 64 * 1024;  // bytes written at once

Secret random_key() {
    Secret key(32);
    require(RAND_priv_bytes(key.reveal().data(), 32) == 1, ErrorCode::Internal, "cannot make a random key");
    return key;
}

// The counter starts at the number of the file's 16-byte block, so any place can be read alone; the key serves for
// this one file, so no key-stream byte serves twice.
void apply_key_stream(EVP_CIPHER_CTX* cipher, uint64_t offset, ByteView in, uint8_t* out) {
    std::array<uint8_t, 16> counter{};
    for (size_t i = 0; i < 8; ++i) counter[15 - i] = static_cast<uint8_t>((offset / 16) >> (8 * i));
    int size = 0;
    require(EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, counter.data()) == 1 &&
                EVP_EncryptUpdate(cipher, out, &size, in.data(), static_cast<int>(in.size())) == 1,
            ErrorCode::Internal, "cannot encrypt the private copy");
}

void write_at(const FileDescriptor& file, uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
        const auto count = pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno(ErrorCode::InputFailed, "cannot write the private copy");
        bytes = bytes.subspan(static_cast<size_t>(count));
        offset += static_cast<uint64_t>(count);
    }
}

class PrivateCopySource final : public CachedSource {
public:
    PrivateCopySource(FileDescriptor file, uint64_t size, Secret key, CipherContext cipher)
        : CachedSource(size), file_(std::move(file)), key_(std::move(key)), cipher_(std::move(cipher)) {}

private:
    void fetch(uint64_t offset, std::span<uint8_t> out) const override {
        read_at(file_, offset, out);
        apply_key_stream(cipher_.get(), offset, out, out.data());
    }

    FileDescriptor file_;
    Secret key_;
    CipherContext cipher_;
};

}  // namespace

PrivateCopy::PrivateCopy(OpenSpool open_spool)
    : open_spool_(std::move(open_spool)),
      file_(make_memory_file("cardseal-input")),
      key_(random_key()),
      cipher_(EVP_CIPHER_CTX_new()) {
    require(
        cipher_ && EVP_EncryptInit_ex(cipher_.get(), EVP_aes_256_ctr(), nullptr, key_.reveal().data(), nullptr) == 1,
        ErrorCode::Internal, "cannot encrypt the private copy");
    pending_.reserve(block_size);
}

PrivateCopy::~PrivateCopy() { wipe(pending_); }

void PrivateCopy::write(ByteView bytes) {
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), block_size - pending_.size()));
        pending_.insert(pending_.end(), piece.begin(), piece.end());
        bytes = bytes.subspan(piece.size());
        if (pending_.size() == block_size) store_pending();
    }
}

std::unique_ptr<Source> PrivateCopy::finish() {
    store_pending();
    return std::make_unique<PrivateCopySource>(std::move(file_), size_, std::move(key_), std::move(cipher_));
}

void PrivateCopy::store_pending() {
    if (!spooled_ && size_ + pending_.size() > memory_limit) move_to_spool();
    apply_key_stream(cipher_.get(), size_, pending_, pending_.data());
    write_at(file_, size_, pending_);
    size_ += pending_.size();
    pending_.clear();
}

// What is in the memory file is encrypted already, and at the same places.
void PrivateCopy::move_to_spool() {
    auto spool = open_spool_();
    Bytes block(block_size);
    for (uint64_t offset = 0; offset < size_; offset += block_size) {
        read_at(file_, offset, block);
        write_at(spool, offset, block);
    }
    file_ = std::move(spool);
    spooled_ = true;
}

}  // namespace cardseal::cms
