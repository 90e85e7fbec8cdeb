// SPDX-License-Identifier: LGPL-2.1-or-later
// A line on the terminal that says how far a long job is.
#pragma once

#include <chrono>
#include <string>

#include "cardseal.hpp"

namespace cardseal::client {

/// "[#####               ]  25 %  1.0 MiB of 4.0 MiB", or "1.0 MiB" if the whole is not known.
std::string progress_line(const Progress& progress);

/// Shows itself on standard error, if that is a terminal, once the job has lasted half a second; takes its line away
/// when destroyed.
class ProgressBar {
public:
    ProgressBar() = default;
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar();

    void show(const Progress& progress);

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool visible_ = false;
};

}  // namespace cardseal::client
