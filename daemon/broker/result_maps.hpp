// SPDX-License-Identifier: LGPL-2.1-or-later
// The maps (a{sv}) in which results, keys, tokens and modules go over the bus.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/job.hpp"

namespace cardseal::broker {

using ResultMap = std::map<std::string, sdbus::Variant>;

/// What they are called on the bus.
std::string word_of(KeyType type);
std::string word_of(ipc::Authentication authentication);
std::string word_of(ipc::PinState state);
std::vector<std::string> usages_of(const ipc::KeyFound& key);

ResultMap result_map(const JobResult& result);
ResultMap key_map(const PresentKey& key);
/// Those entries of a key's map that are there when verdicts were asked for.
void add_verdict(ResultMap& key, const ipc::CertificateJudged& judged);
ResultMap certificate_map(const ipc::CertificateFound& certificate);
ResultMap module_map(const TokenModule& module);

}  // namespace cardseal::broker
