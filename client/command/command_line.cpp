// SPDX-License-Identifier: LGPL-2.1-or-later
// The frame around CLI11 that every program here has: its name, help and version, and how words become a request.
#include "command/command_line.hpp"

#include <algorithm>
#include <utility>

#include "command/completion.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr size_t option_column = 34;

Error wrong_use(const std::string& message) { return failure(ErrorCode::InvalidArgs, message); }

std::string help_of(const CLI::App& root) {
    const auto* command = &root;
    std::string before;
    for (auto chosen = root.get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
        before += (before.empty() ? "" : " ") + command->get_name();
        command = chosen.front();
    }
    return before.empty() ? root.help() : command->help(before);
}

/// What is wrong when CLI11 misses a command or an option.
std::string missing_part(const CLI::App& root, const CLI::RequiredError& error) {
    if (!root.get_subcommands().empty()) return error.what();
    const auto words = root.remaining();
    return words.empty() ? "a command is required" : "there is no command or option '" + words.front() + "'";
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
        throw wrong_use(missing_part(root, error));
    } catch (const CLI::ParseError& error) {
        throw wrong_use(error.what());
    }
    return std::nullopt;
}

std::vector<std::string> words_of(int argument_count, const char* const* arguments) {
    return {arguments + std::min(argument_count, 1), arguments + argument_count};
}

}  // namespace cardseal::client
