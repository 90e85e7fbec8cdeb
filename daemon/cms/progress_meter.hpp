// SPDX-License-Identifier: LGPL-2.1-or-later
// ProgressMeter: tells the broker how far a job is, at most ten times a second.
#pragma once

#include <chrono>

#include "cms/job_link.hpp"

namespace cardseal::cms {

class ProgressMeter {
public:
    explicit ProgressMeter(JobLink& link) : link_(link) {}

    /// Bytes of the input as claimed; 0: not known.
    void set_total(uint64_t total) { progress_.bytes_total = total; }
    void read(uint64_t bytes_in) {
        progress_.bytes_in = bytes_in;
        tell();
    }
    void written(uint64_t bytes_out) {
        progress_.bytes_out = bytes_out;
        tell();
    }

private:
    void tell() {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        next_ = now + std::chrono::milliseconds(100);
        link_.progress(progress_);
    }

    JobLink& link_;
    ipc::Progress progress_;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
};

}  // namespace cardseal::cms
