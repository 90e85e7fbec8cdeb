// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a command's output goes: a file that appears whole or not at all, or standard output.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "command/arguments.hpp"
#include "command/descriptor.hpp"
#include "command/relay.hpp"

namespace cardseal::client {

/// A file that takes its name only when it is complete; until then a file of that name stays as it is.
class AtomicFile {
public:
    /// OutputFailed if the folder cannot be written.
    explicit AtomicFile(const std::string& path);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    int descriptor() const { return file_.get(); }

    /// Puts the file on disk and gives it its name. OutputFailed.
    void commit();

private:
    void open_without_name();
    void open_with_temporary_name();
    void copy_mode_of_existing_file();
    std::string temporary_pattern() const;

    std::string path_;
    std::string folder_;
    std::string temporary_;  ///< the name it has meanwhile; empty: none
    Descriptor file_;
};

/// The output of a command, as the daemon takes it. A file that is no regular file (a pipe with a name, a device) is
/// written as it is.
class OutputFile {
public:
    /// `input` is the descriptor of a file that this must not be: InvalidArgs.
    OutputFile(const FileName& name, int input);

    /// What the daemon writes.
    int descriptor() const;

    /// To be called once, after success. OutputFailed.
    void finish();

private:
    std::optional<AtomicFile> regular_;
    Descriptor special_;
    std::optional<Relay> relay_;
};

/// Writes what is at hand to the output, whole or not at all. OutputFailed.
void write_output(const FileName& name, const std::string& content);

/// InvalidArgs if DER would go to a terminal.
void refuse_binary_to_terminal(const FileName& output);

}  // namespace cardseal::client
