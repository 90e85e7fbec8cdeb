// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person reads when asked for a PIN, and pinentry's options.
#pragma once

#include "broker/callers.hpp"
#include "broker/job_request.hpp"
#include "broker/key_selection.hpp"

namespace cardseal::broker {

/// `purpose` completes "wants to": "sign".
std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const PresentKey& key);
std::string prompt_text(const CallerIdentity& caller, const std::string& purpose, const ipc::TokenFound& token);

/// pinentry's OPTIONs as "name=value".
std::vector<std::string> pinentry_options(const PromptSetup& setup);

}  // namespace cardseal::broker
