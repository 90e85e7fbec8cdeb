// SPDX-License-Identifier: LGPL-2.1-or-later
// Session: a world with one program on its bus, and what every row of bad input has in common.
#pragma once

#include "bus_caller.hpp"
#include "catch.hpp"

namespace cardseal::testing {

inline const Options interaction_allowed{{"interaction", std::string("allowed")}};

inline std::string error_name(const std::string& last_part) { return "org.cardseal.Error." + last_part; }
inline const std::string invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
inline const std::string access_denied = "org.freedesktop.DBus.Error.AccessDenied";

/// `options` and permission to ask a person.
Options with_interaction(Options options = {});

class Session {
public:
    explicit Session(const WorldSetup& setup = {}) : world(setup), caller(world) {}

    /// A signature with the identity's key, checked with openssl: what must still work after a refusal.
    void require_next_good_request(const std::string& identity = "rsa2048");
    /// The next good decryption.
    void require_next_good_decryption(const std::string& identity = "rsa2048");
    /// DER certificate of an identity.
    Bytes certificate(const std::string& identity);
    /// How often the module was asked for this function, if the fault module is in front.
    size_t calls(const std::string& function) const;
    /// Repeats GetStatus until no job is left.
    void wait_until_no_job_runs();
    /// Lines of the daemon's log that hold this text.
    size_t log_lines(const std::string& text) const;
    /// Forged SignedData over "hello", see forge.py; pairs of an identity's name and a variant.
    Bytes forge(const std::vector<std::pair<std::string, std::string>>& signers);

    World world;
    BusCaller caller;
};

/// A memory file with this content, read from its beginning.
FileDescriptor file_with(ByteView content);
/// All that was written to a memory file.
Bytes content_of(const FileDescriptor& file);

struct Pipe {
    FileDescriptor read_end, write_end;
};
Pipe make_pipe();

Bytes from_hex(const std::string& digits);
/// Offsets at which `pattern` stands in `bytes`.
std::vector<size_t> find_all(ByteView bytes, ByteView pattern);
/// Offsets of the octet strings of `size` bytes (256 or more): where RSA recipients' encrypted keys are.
std::vector<size_t> long_octet_strings(ByteView message, size_t size);

}  // namespace cardseal::testing
