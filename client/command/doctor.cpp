// SPDX-License-Identifier: LGPL-2.1-or-later
// The doctor command: looks at everything that a signature needs, and says what to do about what is wrong.
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "command/cancel_signals.hpp"
#include "command/commands.hpp"
#include "command/examination.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/supervision.hpp"

namespace cardseal::client {

namespace {

constexpr const char* pcscd_socket = "/run/pcscd/pcscd.comm";

Facts gather() {
    const CancelSignals signals;
    const Watch watch{{}, signals.descriptor()};
    Facts facts;
    facts.now = static_cast<uint64_t>(std::time(nullptr));
    facts.pcscd_answers = access(pcscd_socket, W_OK) == 0;
    try {
        Client client;
        facts.status = client.status(watch);
        facts.keys = client.list({}, watch);
        facts.pinentry = check_pinentry(facts.status.pinentry);
    } catch (const Error& error) {  // a daemon that does not answer is a finding
        if (error.name() == "Cancelled") throw;
        facts.unreachable = error;
    }
    std::vector<std::string> modules;
    for (const auto& module : facts.status.modules) modules.push_back(module.path);
    facts.holders = find_card_holders(modules);
    return facts;
}

}  // namespace

int run(const ExamineMachine& request) {
    const auto findings = examine(gather());
    print(request.report == Report::Json ? to_json(findings) : describe(findings, palette_of(stdout)));
    const auto is_bad = [](const Finding& finding) { return finding.verdict == Verdict::Bad; };
    return std::ranges::any_of(findings, is_bad) ? answer_is_no : done;
}

}  // namespace cardseal::client
