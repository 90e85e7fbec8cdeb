// SPDX-License-Identifier: LGPL-2.1-or-later
// What a mistyped word was meant to be.
#include "command/suggestion.hpp"

#include <algorithm>

namespace cardseal::client {

namespace {

/// Letters to put in, leave out, change or swap with their neighbour to make one of the other (optimal string
/// alignment).
size_t distance(const std::string& from, const std::string& to) {
    std::vector<std::vector<size_t>> steps(from.size() + 1, std::vector<size_t>(to.size() + 1));
    for (size_t i = 0; i <= from.size(); ++i)
        for (size_t j = 0; j <= to.size(); ++j) {
            if (i == 0 || j == 0) {
                steps[i][j] = i + j;
                continue;
            }
            const size_t changed = from[i - 1] == to[j - 1] ? 0 : 1;
            steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + changed});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
    return steps[from.size()][to.size()];
}

}  // namespace

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
    constexpr size_t longest = 64;  // no word of ours is longer
    if (word.size() > longest) return {};
    std::string nearest;
    size_t least = std::max<size_t>(word.size() / 3, 1) + 1;
    for (const auto& candidate : known) {
        const bool is_begun = word.size() > 2 && candidate.starts_with(word);
        const auto steps = is_begun ? 1 : distance(word, candidate);
        if (steps >= least) continue;
        least = steps;
        nearest = candidate;
    }
    return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

}  // namespace cardseal::client
