// SPDX-License-Identifier: LGPL-2.1-or-later
// Options and filters as the maps that the interface takes, and the interface's maps as results.
#pragma once

#include <map>
#include <string>

#include "cardseal.hpp"
#include "sdbus_compat.hpp"

namespace cardseal::client {

using Fields = std::map<std::string, sdbus::Variant>;

/// The map of one of the *Options, of a Prompt or of a filter. What is empty or left to the daemon is not in it.
template <class Options>
Fields wire(const Options& options);

/// A descriptor for a message of the bus; InvalidArgs naming `what` if it is not open.
sdbus::UnixFd wire_descriptor(int descriptor, const std::string& what);

/// What a job gives back that has no result.
struct Nothing {};

/// What StartRequestCertificate gives back.
struct CertificateRequest {
    std::vector<uint8_t> request;
};

/// A result of the public headers, or one of those above, out of its map. Throws Internal if an entry has not the type
/// that the interface describes; an entry that is absent (an older daemon) leaves the member's default.
template <class Result>
Result read_result(const Fields& fields);

}  // namespace cardseal::client
