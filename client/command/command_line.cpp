// SPDX-License-Identifier: LGPL-2.1-or-later
// The frame around CLI11 that every program here has: its name, help and version, and how words become a request.
#include "command/command_line.hpp"

#include <algorithm>
#include <utility>

#include "command/completion.hpp"
#include "command/suggestion.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr size_t option_column = 34;

Error wrong_use(const std::string& message) { return failure(ErrorCode::InvalidArgs, message); }

/// The command that the words have led to, and its names on the way there: "certificates list".
struct Chosen {
    const CLI::App* command;
    std::string names;
};

Chosen chosen_in(const CLI::App& root) {
    Chosen chosen{&root, {}};
    for (auto next = root.get_subcommands(); !next.empty(); next = chosen.command->get_subcommands()) {
        chosen.command = next.front();
        chosen.names += (chosen.names.empty() ? "" : " ") + chosen.command->get_name();
    }
    return chosen;
}

std::string help_of(const CLI::App& root) {
    const auto names = chosen_in(root).names;
    if (names.empty()) return root.help();
    const auto last = names.rfind(' ');
    return chosen_in(root).command->help(last == names.npos ? root.get_name()
                                                            : root.get_name() + " " + names.substr(0, last));
}

std::vector<std::string> commands_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* each : command.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(each->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

/// What is wrong with a word that fits nowhere.
std::string unexpected(const Chosen& chosen, const std::string& word) {
    const auto name = word.substr(0, word.find('='));
    const auto commands = commands_of(*chosen.command);
    if (word.starts_with("-"))
        return "there is no option '" + printable(name) + "'" + suggestion(name, options_of(*chosen.command));
    if (commands.empty()) return "'" + printable(word) + "' is one word too many";
    return "there is no command '" + printable(word) + "'" + suggestion(word, commands);
}

/// What is wrong when CLI11 misses a command or an option.
std::string missing_part(const Chosen& chosen, const CLI::RequiredError& error) {
    const auto words = chosen.command->remaining();
    if (!words.empty()) return unexpected(chosen, words.front());
    const auto commands = commands_of(*chosen.command);
    if (commands.empty()) return error.what();
    return chosen.names.empty() ? "a command is required"
                                : "'" + chosen.names + "' needs one of its commands: " + join(commands);
}

}  // namespace

void name_program(CLI::App& root, const std::string& name, const std::string& help_option) {
    root.name(name);
    root.set_version_flag("--version", name + " " + CARDSEAL_VERSION, "Print the version and exit");
    root.set_help_flag(help_option, "Print this help and exit");
    root.get_formatter()->column_width(option_column);
}

std::optional<Answer> take_in(CLI::App& root, std::vector<std::string> words) {
    if (is_question(words)) return completion_of(root, {words.begin() + 1, words.end()});
    std::ranges::reverse(words);  // CLI11 takes them from the back
    try {                         // CLI11's exceptions become answers or our errors
        root.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        return ShowText{help_of(root)};
    } catch (const CLI::CallForVersion& version) {
        return ShowText{std::string(version.what()) + "\n"};
    } catch (const CLI::RequiredError& error) {
        throw wrong_use(missing_part(chosen_in(root), error));
    } catch (const CLI::ExtrasError& error) {
        const auto left = root.remaining(true);
        throw wrong_use(left.empty() ? error.what() : unexpected(chosen_in(root), left.front()));
    } catch (const CLI::ParseError& error) {
        throw wrong_use(error.what());
    }
    return std::nullopt;
}

std::vector<std::string> words_of(int argument_count, const char* const* arguments) {
    return {arguments + std::min(argument_count, 1), arguments + argument_count};
}

}  // namespace cardseal::client
