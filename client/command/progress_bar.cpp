// SPDX-License-Identifier: LGPL-2.1-or-later
// A line on the terminal that says how far a long job is.
#include "command/progress_bar.hpp"

#include <algorithm>
#include <cstdio>

#include "command/palette.hpp"
#include "command/text.hpp"

namespace cardseal::client {

namespace {

constexpr std::chrono::milliseconds patience{500};
constexpr auto clear_line = "\r\x1b[K";

}  // namespace

std::string progress_line(const Progress& progress) {
    if (progress.bytes_total == 0) return format_size(progress.bytes_in);
    constexpr size_t width = 30;
    const double done =
        std::min(1.0, static_cast<double>(progress.bytes_in) / static_cast<double>(progress.bytes_total));
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), static_cast<size_t>(done * width), '#');
    auto percent = std::to_string(static_cast<int>(done * 100));
    percent.insert(0, 3 - percent.size(), ' ');
    return "[" + bar + "] " + percent + " %  " + format_size(progress.bytes_in) + " of " +
           format_size(progress.bytes_total);
}

ProgressBar::~ProgressBar() {
    if (visible_) std::fputs(clear_line, stderr);
}

void ProgressBar::show(const Progress& progress) {
    if (std::chrono::steady_clock::now() - start_ < patience || !obeys_escapes(stderr)) return;
    std::fputs((clear_line + progress_line(progress)).c_str(), stderr);
    std::fflush(stderr);
    visible_ = true;
}

}  // namespace cardseal::client
