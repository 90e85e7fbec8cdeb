// SPDX-License-Identifier: LGPL-2.1-or-later
// What an operation reads and writes: descriptors that the caller passed, as the daemon and gpgsm can use them.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "command/scratch_file.hpp"
#include "gpgsm/line.hpp"

namespace cardseal::gpgsm {

using client::Descriptor;

/// A descriptor that the caller passed, and how the bytes behind it are encoded.
struct DataEnd {
    Descriptor descriptor;
    Encoding encoding = Encoding::Binary;
    std::string command;  ///< "INPUT FD --armor": how the caller said it, but with the descriptor on the way

    explicit operator bool() const { return bool(descriptor); }
};

/// Those that were open when this program started ("FD=5"); none of them goes on to another program by itself.
class InheritedDescriptors {
public:
    InheritedDescriptors() = default;  ///< none
    /// `kept` (the connection, the log) are never given out.
    explicit InheritedDescriptors(const std::set<int>& kept);
    /// Each is given out once; empty if it is not there.
    Descriptor take(int number);

private:
    std::set<int> numbers_;
};

/// An input that two programs may read one after the other; what cannot be rewound is copied into memory.
class RewindableInput {
public:
    /// `source` is borrowed. InputFailed.
    explicit RewindableInput(int source);

    int descriptor() const { return copy_ ? copy_->descriptor() : source_; }
    void rewind() const;
    /// Puts the input, rewound, in the place of what has been read.
    void give_back(Descriptor& source) const;

private:
    int source_;
    long start_;
    std::optional<client::ScratchFile> copy_;
};

/// An output in the encoding that the caller asked for; the daemon writes binary.
class EncodedOutput {
public:
    /// `end` is borrowed; the kind stands in the armor's lines: "SIGNED MESSAGE".
    EncodedOutput(const DataEnd& end, std::string kind);

    /// Where the daemon writes.
    int descriptor() const { return binary_ ? binary_->descriptor() : end_.descriptor.get(); }
    /// Writes what the daemon wrote, unless that went out already. OutputFailed.
    void finish();

private:
    const DataEnd& end_;
    std::string kind_;
    std::optional<client::ScratchFile> binary_;
};

/// OutputFailed.
void write_all(int sink, std::string_view bytes);

/// Base64 in lines of 64, between armor's lines if asked.
std::string encode(std::string_view bytes, Encoding encoding, const std::string& kind);

}  // namespace cardseal::gpgsm
