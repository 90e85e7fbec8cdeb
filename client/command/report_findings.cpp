// SPDX-License-Identifier: LGPL-2.1-or-later
// What the doctor found, for people and for programs.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/report.hpp"
#include "command/text.hpp"

namespace cardseal::client {

namespace {

std::string word(Verdict verdict) {
    constexpr const char* words[] = {"good", "note", "bad"};
    return words[static_cast<size_t>(verdict)];
}

const Paint& paint_of(Verdict verdict, const Palette& palette) {
    if (verdict == Verdict::Good) return palette.good;
    return verdict == Verdict::Note ? palette.unsure : palette.bad;
}

std::string summary(const std::vector<Finding>& findings) {
    const auto count = [&](Verdict verdict) { return std::ranges::count(findings, verdict, &Finding::verdict); };
    const auto bad = count(Verdict::Bad), notes = count(Verdict::Note);
    if (bad == 0 && notes == 0) return "nothing is wrong\n";
    return std::to_string(bad) + " in the way, " + std::to_string(notes) + " worth knowing\n";
}

}  // namespace

std::string describe(const std::vector<Finding>& findings, const Palette& palette) {
    std::string text;
    for (const auto& finding : findings) {
        auto verdict = word(finding.verdict);
        verdict.resize(6, ' ');
        text += paint_of(finding.verdict, palette)(verdict) + printable(finding.subject) + ": " +
                printable(finding.message) + "\n";
        if (!finding.next_step.empty()) text += "      next: " + printable(finding.next_step) + "\n";
    }
    return text + summary(findings);
}

std::string to_json(const std::vector<Finding>& findings) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& finding : findings)
        list.push_back({{"verdict", word(finding.verdict)},
                        {"subject", finding.subject},
                        {"message", finding.message},
                        {"next_step", finding.next_step}});
    return nlohmann::ordered_json{{"findings", list}}.dump(2, ' ', false,
                                                           nlohmann::ordered_json::error_handler_t::replace) +
           "\n";
}

}  // namespace cardseal::client
