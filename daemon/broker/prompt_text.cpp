// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person reads when asked for a PIN, and pinentry's options.
#include "broker/prompt_text.hpp"

namespace cardseal::broker {

namespace {

constexpr size_t shown_of_key_id = 23;  // "sha256:" and 16 digits
constexpr size_t longest_option = 500;

/// A program's name is only what it calls itself: the text says so.
std::string program_text(const CallerIdentity& caller) {
    if (caller.on_behalf_of.empty()) return "\"" + caller.label + "\"";
    return "\"" + caller.on_behalf_of + "\", through \"" + caller.label + "\",";
}

}  // namespace

std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const ipc::TokenFound& token) {
    return "A program that calls itself " + program_text(caller) + " wants to " + purpose + ".\n" +
           "Token: " + token.label.substr(0, 256);
}

std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key) {
    return prompt_text(caller, purpose, *key.token) + "\nKey: " + key.key->label.substr(0, 256) + " (" +
           key.key->reference.key.value.substr(0, shown_of_key_id) + "…)";
}

std::string prompt_text_for_use(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key) {
    return prompt_text(caller, purpose, key) + "\nThis key asks for the PIN at each use.";
}

std::string renewal_text(const CallerIdentity& caller, PinRenewal renewal, const ipc::TokenFound& token) {
    return prompt_text(caller, renewal == PinRenewal::Change ? "change the PIN" : "set a new PIN", token);
}

std::string confirmation_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key) {
    return prompt_text(caller, purpose, key) + "\nDo you allow this use of the key?";
}

std::string waiting_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key) {
    return prompt_text(caller, purpose, key) + "\nThe token is waiting: touch it if it wants that, or wait.";
}

std::vector<std::string> pinentry_options(const PromptSetup& setup) {
    std::vector<std::string> options;
    const auto add = [&](const std::string& name, const std::string& value) {
        if (!value.empty()) options.push_back((name + "=" + value).substr(0, longest_option));
    };
    add("display", setup.display);
    add("ttyname", setup.ttyname);
    add("ttytype", setup.ttytype);
    add("lc-ctype", setup.lc_ctype);
    return options;
}

}  // namespace cardseal::broker
