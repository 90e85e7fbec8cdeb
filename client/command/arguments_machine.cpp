// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines of what looks at the daemon and the machine, and of the switch for GPGME.
#include "command/families.hpp"
#include "command/options.hpp"

namespace cardseal::client {

namespace {

void add_status(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("status", "Show the daemon, its PKCS#11 modules and their tokens");
    add_json(command, requests.of<ShowStatus>(command).report);
}

void add_monitor(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("monitor", "Watch tokens, keys and their uses, until Ctrl-C");
    add_json(command, requests.of<MonitorTokens>(command).report, "print JSON, an object a line, for programs");
}

void add_doctor(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("doctor", "Look for what is wrong, and say what to do about it");
    add_json(command, requests.of<ExamineMachine>(command).report);
    add_notes(command, {"Exits with 1 if something is in the way of work. Asks for no PIN and changes nothing."});
}

void add_gpgme(CLI::App& root, Requests<Request>& requests) {
    using Action = SwitchGpgme::Action;
    auto& group = *root.add_subcommand("gpgme", "Whether programs that use GPGME find Cardseal's keys");
    group.require_subcommand(1);
    requests.choose(*group.add_subcommand("enable", "Have them run cardseal-gpgsm in the place of gpgsm"),
                    SwitchGpgme{Action::Enable});
    requests.choose(*group.add_subcommand("disable", "Undo that"), SwitchGpgme{Action::Disable});
    auto& status = *group.add_subcommand("status", "Show which programs are found (exits with 1 if it is not enabled)");
    add_json(status, requests.of<SwitchGpgme>(status).report);
    add_notes(group,
              {"Enabling puts a gpgconf into ~/.local/bin, which must come early in PATH; see cardseal-gpgsm(1).",
               "Example: cardseal gpgme enable"});
}

}  // namespace

void add_machine_commands(CLI::App& root, Requests<Request>& requests) {
    add_status(root, requests);
    add_monitor(root, requests);
    add_doctor(root, requests);
    add_gpgme(root, requests);
}

}  // namespace cardseal::client
