// SPDX-License-Identifier: LGPL-2.1-or-later
// The gpgsm of GnuPG, which answers for everything that Cardseal does not have.
//
// What crosses here: the caller's commands and descriptors go there as they came, and its answers come back unread, but
// for the listings and certificates that are asked of it. It is the same person's program and believed.
#pragma once

#include <sys/types.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gpgsm/channel.hpp"

namespace cardseal::gpgsm {

/// One process with its own connection; it ends with this object.
class RealGpgsm {
public:
    /// Starts it with the arguments that this program was given, and tells it the options, without waiting for either.
    /// A start that failed shows in the first answer.
    RealGpgsm(const std::string& path, const std::vector<std::string>& arguments,
              const std::vector<std::string>& options);
    RealGpgsm(const RealGpgsm&) = delete;
    RealGpgsm& operator=(const RealGpgsm&) = delete;
    ~RealGpgsm();

    /// Sends the command and gives its last line, "OK..." or "ERR...". What comes before goes to the caller, whose
    /// answers to inquiries go back; nothing if the caller left or gpgsm died.
    std::optional<std::string> pass_on(const std::string& command, Channel& caller);
    /// The same with a descriptor on the way; the caller sees nothing of it.
    std::optional<std::string> send_descriptor(const std::string& command, int descriptor, const Channel& caller);
    /// Asks something of our own; what came as data, or nothing if the answer is an error. Status lines are dropped.
    std::optional<std::string> ask(const std::string& command, const Channel& caller);
    /// The same in two steps, between which it works: nothing else may be asked meanwhile.
    void begin(const std::string& command);
    std::optional<std::string> result(const Channel& caller);

private:
    using Take = std::function<void(const std::string& line)>;
    RealGpgsm(std::array<Descriptor, 2> ends, const std::string& path, const std::vector<std::string>& arguments,
              const std::vector<std::string>& options);
    std::optional<std::string> answer(const Channel& caller, const Take& take);
    std::optional<std::string> next_answer(const Channel& caller, const Take& take);
    void pass_on_inquiry(Channel& caller);

    Descriptor end_;
    Channel channel_;
    pid_t process_;
    size_t unheard_;     ///< answers that nobody has waited for: the greeting, and those to options
    bool lost_ = false;  ///< an answer has not come to its end, and never will
};

}  // namespace cardseal::gpgsm
