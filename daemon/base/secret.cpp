// SPDX-License-Identifier: LGPL-2.1-or-later
// Secret: bytes that stay out of swap and core files and are wiped when their owner goes.
#include "base/secret.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace cardseal {

Secret::Secret(size_t size) : size_(size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    mapped_ = std::max(page, (size + page - 1) / page * page);
    void* memory = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw_errno(ErrorCode::Busy, "cannot allocate memory for a secret");
    data_ = static_cast<uint8_t*>(memory);
    // Both may be refused (RLIMIT_MEMLOCK, seccomp); the process is not dumpable in any case.
    (void)mlock(data_, mapped_);
    (void)madvise(data_, mapped_, MADV_DONTDUMP);
}

Secret Secret::copy_of(ByteView bytes) {
    Secret secret(bytes.size());
    std::ranges::copy(bytes, secret.data_);
    return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe_and_unmap();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        mapped_ = std::exchange(other.mapped_, 0);
    }
    return *this;
}

Secret::~Secret() { wipe_and_unmap(); }

void Secret::truncate(size_t size) {
    if (size >= size_) return;
    wipe({data_ + size, size_ - size});
    size_ = size;
}

void Secret::wipe_and_unmap() {
    if (!data_) return;
    wipe({data_, mapped_});
    munmap(data_, mapped_);
    data_ = nullptr;
    size_ = mapped_ = 0;
}

void wipe(std::span<uint8_t> bytes) {
    // An empty vector may have no memory at all, and explicit_bzero takes no null pointer.
    if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

}  // namespace cardseal
