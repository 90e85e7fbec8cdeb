// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers a shell that completes a word: a candidate a line with a tab and what it is, and ":files" if names of files
// fit. The person waits for the answer while he types, so what the daemon does not say within a second is left out.
#include <sys/timerfd.h>

#include <algorithm>
#include <set>

#include "command/commands.hpp"
#include "command/descriptor.hpp"
#include "command/known_values.hpp"
#include "command/print.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr itimerspec patience{{0, 0}, {1, 0}};

/// Becomes readable when patience is at its end.
Descriptor start_timer() {
    Descriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    if (!timer || timerfd_settime(timer.get(), 0, &patience, nullptr) != 0)
        throw errno_failure(ErrorCode::Internal, "cannot make a timer");
    return timer;
}

bool is_file(const std::string& value) {
    const auto words = {"FILE", "OUT", "PEM", "CERT.pem", "CONTENT", "PROGRAM", "SIGNATURE", "MESSAGE", "MAIL"};
    return std::ranges::find(words, value) != words.end();
}

std::vector<Candidate> ask_daemon(const Complete& question) {
    std::vector<Candidate> candidates;
    try {
        const auto timer = start_timer();
        const Watch watch{{}, timer.get()};
        for (const auto& value : question.values)
            for (auto& candidate : known_values(value, question.words, watch)) candidates.push_back(candidate);
    } catch (const Error&) {  // nobody to tell: the command itself will say it
    }
    for (auto& candidate : candidates) candidate.word = question.before + candidate.word;
    return candidates;
}

/// Each once; a stranger's name may hold what a terminal obeys, or the separators of the answer.
std::string text_of(const std::vector<Candidate>& candidates) {
    std::string text;
    std::set<std::string> told;
    for (const auto& candidate : candidates)
        if (printable(candidate.word) == candidate.word && told.insert(candidate.word).second)
            text += candidate.word + "\t" + printable(candidate.text) + "\n";
    return text;
}

}  // namespace

int run(const Complete& request) {
    print(text_of(request.candidates) + text_of(ask_daemon(request)));
    if (std::ranges::any_of(request.values, is_file)) print(":files\n");
    return 0;
}

}  // namespace cardseal::client
