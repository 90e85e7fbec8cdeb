// SPDX-License-Identifier: LGPL-2.1-or-later
// One end of an Assuan connection: lines over a socket or two pipes, and descriptors that come with them.
#pragma once

#include <sys/socket.h>

#include <deque>
#include <string>
#include <string_view>

#include "command/descriptor.hpp"
#include "gpgsm/line.hpp"

namespace cardseal::gpgsm {

using client::Descriptor;

/// The other end may leave at any time: then nothing is written any more and there is no next line.
class Channel {
public:
    /// `in` and `out` are the same socket, or a pipe each. Borrowed.
    Channel(int in, int out) : in_(in), out_(out) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// Waits for a line. Nothing when the other end has left, or when nobody reads what is written to
    /// `reader` (-1: that is nothing to this one) before a line came.
    std::optional<Line> read_line(int reader = -1);
    /// The first descriptor that came and was not taken; empty if there is none.
    Descriptor take_descriptor();

    void write_line(std::string_view text) { write(std::string(text) + "\n"); }
    /// Whole lines.
    void write(std::string_view lines);
    /// Over a socket only.
    void write_line_with(std::string_view text, int descriptor);

    /// What poll() finds in error or hung up when nobody is there any more to read an answer.
    int out() const { return out_; }

private:
    bool receive();
    void keep_descriptors(msghdr& message);

    int in_;
    int out_;
    bool broken_ = false;
    LineBuffer lines_;
    std::deque<Descriptor> descriptors_;
};

}  // namespace cardseal::gpgsm
