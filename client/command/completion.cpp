// SPDX-License-Identifier: LGPL-2.1-or-later
// What may come next on a command line, from the description that the command line is parsed with.
#include "command/completion.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace cardseal::client {

namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

/// The help's texts go on behind a line feed; a shell has one line for each word.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Where the words so far have led.
class Place {
public:
    Place(const CLI::App& root, OptionValues values) : command_(&root), values_(values) {}

    void go(const std::string& word) {
        if (awaited_) {
            awaited_ = nullptr;
        } else if (is_option(word)) {
            if (word == "--") only_words_ = true;
            const auto* option = command_->get_option_no_throw(word);
            if (option && takes_value(*option) && values_ == OptionValues::Apart) awaited_ = option;
        } else if (const auto* command = subcommand(word)) {
            command_ = command;
        } else {
            words_.push_back(word);
        }
    }

    Complete complete(const std::string& typed) const {
        Complete completion;
        completion.words = words_;
        const auto equals = typed.find('=');
        if (awaited_)
            add_values(completion, awaited_->get_type_name());
        else if (is_option(typed) && equals != typed.npos)
            add_attached(completion, typed.substr(0, equals));
        else if (typed.starts_with("-") && !only_words_)
            add_options(completion);
        else
            add_words(completion);
        return completion;
    }

private:
    bool is_option(const std::string& word) const { return !only_words_ && word.size() > 1 && word.starts_with("-"); }

    const CLI::App* subcommand(const std::string& word) const {
        if (!words_.empty()) return nullptr;
        const auto found = command_->get_subcommands([&](const CLI::App* app) { return app->get_name() == word; });
        return found.empty() ? nullptr : found.front();
    }

    /// "smime|der|pem" are words; "CERT.pem|ADDRESS" says what may come.
    static void add_values(Complete& completion, const std::string& help) {
        std::istringstream alternatives(help);
        for (std::string word; std::getline(alternatives, word, '|');) {
            if (std::isupper(static_cast<unsigned char>(word.front())))
                completion.values.push_back(word);
            else
                completion.candidates.push_back({completion.before + word, ""});
        }
    }

    void add_attached(Complete& completion, const std::string& name) const {
        const auto* option = command_->get_option_no_throw(name);
        if (!option || !takes_value(*option)) return;
        completion.before = name + "=";
        add_values(completion, option->get_type_name());
    }

    void add_options(Complete& completion) const {
        for (const auto* option :
             command_->get_options([](const CLI::Option* o) { return !o->get_lnames().empty(); })) {
            const bool attached = values_ == OptionValues::Attached && takes_value(*option);
            completion.candidates.push_back(
                {"--" + option->get_lnames().front() + (attached ? "=" : ""), first_line(option->get_description())});
        }
    }

    void add_words(Complete& completion) const {
        if (words_.empty())
            for (const auto* command : command_->get_subcommands([](const CLI::App*) { return true; }))
                completion.candidates.push_back({command->get_name(), first_line(command->get_description())});
        const auto positionals = command_->get_options([](const CLI::Option* o) { return o->get_positional(); });
        if (positionals.empty()) return;
        const auto& next = *positionals[std::min(words_.size(), positionals.size() - 1)];
        const bool is_full = words_.size() >= positionals.size() && next.get_items_expected_max() <= 1;
        if (!is_full) add_values(completion, next.get_name(true));
    }

    const CLI::App* command_;
    OptionValues values_;
    const CLI::Option* awaited_ = nullptr;  ///< the option whose value comes next
    std::vector<std::string> words_;
    bool only_words_ = false;  ///< behind "--"
};

}  // namespace

bool is_question(const std::vector<std::string>& words) { return !words.empty() && words.front() == "__complete"; }

Complete completion_of(const CLI::App& root, const std::vector<std::string>& words, OptionValues values) {
    if (words.empty()) return {};
    Place place(root, values);
    std::for_each(words.begin(), words.end() - 1, [&](const auto& word) { place.go(word); });
    return place.complete(words.back());
}

}  // namespace cardseal::client
