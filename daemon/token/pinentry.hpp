// SPDX-License-Identifier: LGPL-2.1-or-later
// Pinentry: the conversation with the program that asks a person for a PIN.
//
// What crosses here, and who is believed: the broker started the program and gave us its socket; we believe that what
// it answers was typed by a person. The PIN exists only in Secret buffers of this process.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/secret.hpp"

namespace cardseal::token {

using Deadline = std::chrono::steady_clock::time_point;

/// Bytes of the longest PIN that is taken.
inline constexpr size_t max_pin = 256;

/// How a prompt ended without an answer.
enum class NoAnswer { Cancelled, TimedOut, Failed };

/// Never throws for what the program does: its failure is NoAnswer::Failed.
class Pinentry {
public:
    explicit Pinentry(FileDescriptor socket) : socket_(std::move(socket)) {}
    Pinentry(const Pinentry&) = delete;
    Pinentry& operator=(const Pinentry&) = delete;
    /// Says BYE.
    ~Pinentry();

    struct Texts {
        std::string title;
        std::string description;
        std::string error;           ///< shown when not empty, as a sentence of its own
        std::string prompt = "PIN";  ///< before the field
        std::string agree = {};      ///< on the button; empty: what the program says by itself
        std::string refuse = {};     ///< likewise
    };

    /// The greeting, and OPTION lines "name=value"; an option that the program does not know is not an error.
    std::variant<std::monostate, NoAnswer> begin(const std::vector<std::string>& options, Deadline deadline);
    /// An empty Secret if the person typed nothing.
    std::variant<Secret, NoAnswer> get_pin(const Texts& texts, Deadline deadline);
    /// Shows a notice and returns at once: it stays until the program ends or the person dismisses it. Nothing else may
    /// be asked of the program after it. Whether it is seen does not matter to anybody here; what a person types
    /// meanwhile stays with the window that has the focus.
    void show_notice(const std::vector<std::string>& options, const Texts& texts);
    /// Confirmed, or not.
    std::variant<std::monostate, NoAnswer> confirm(const Texts& texts, Deadline deadline);

private:
    /// What a command came to: data only of those that have any.
    struct Reply {
        unsigned error = 0;
        Secret data;
    };
    using Answer = std::variant<Reply, NoAnswer>;

    Answer command(const std::string& line, Deadline deadline);
    Answer read_reply(Deadline deadline);
    std::variant<ByteView, NoAnswer> read_line(Deadline deadline);
    std::variant<std::monostate, NoAnswer> show(const Texts& texts, Deadline deadline);
    bool write_line(const std::string& line);

    FileDescriptor socket_;
    Secret buffer_{2048};
    size_t filled_ = 0;    ///< bytes in the buffer
    size_t consumed_ = 0;  ///< of them, those that are a line already returned
};

}  // namespace cardseal::token
