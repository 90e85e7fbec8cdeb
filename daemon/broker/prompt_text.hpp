// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person reads when asked for a PIN, and pinentry's options.
#pragma once

#include "broker/callers.hpp"
#include "broker/job_request.hpp"
#include "broker/key_selection.hpp"

namespace cardseal::broker {

/// `purpose` completes "wants to": "sign". What to do about it, type a PIN or press keys, the token worker adds.
std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key);
std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const ipc::TokenFound& token);
/// For a key that asks for the PIN at each use.
std::string prompt_text_for_use(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key);

/// For a new PIN.
std::string renewal_text(const CallerIdentity& caller, PinRenewal renewal, const ipc::TokenFound& token);
/// For a policy that has each use confirmed.
std::string confirmation_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key);
/// While an operation takes long.
std::string waiting_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key);

/// pinentry's OPTIONs as "name=value".
std::vector<std::string> pinentry_options(const PromptSetup& setup);

}  // namespace cardseal::broker
