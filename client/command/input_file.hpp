// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a command's input comes from, and small files read whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command/arguments.hpp"
#include "command/descriptor.hpp"
#include "command/relay.hpp"

namespace cardseal::client {

/// A file or standard input, as the daemon takes it.
class InputFile {
public:
    /// InputFailed if it cannot be opened.
    explicit InputFile(const FileName& name);

    /// What the daemon reads.
    int descriptor() const { return relay_ ? relay_->daemon_end() : opened(); }
    /// What was opened, for comparing with the output.
    int opened() const { return file_ ? file_.get() : STDIN_FILENO; }

private:
    Descriptor file_;
    std::optional<Relay> relay_;
};

/// The certificates in a file: each block of a PEM file, or the file as one DER certificate. InputFailed if it cannot
/// be read or holds none.
std::vector<std::vector<uint8_t>> read_certificates(const FileName& name);
/// Those of several files.
std::vector<std::vector<uint8_t>> read_all_certificates(const std::vector<FileName>& names);

}  // namespace cardseal::client
