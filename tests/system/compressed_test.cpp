// SPDX-License-Identifier: LGPL-2.1-or-later
// CompressedData through the bus and in the real sandbox.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

/// zlib's stream of that content, in CompressedData (RFC 3274 §1.1), made by Python.
Bytes compressed(Session& session, const std::string& content) {
    return from_hex(session.world.python("world.forge_compressed(" + content + ")").get<std::string>());
}

Finished decompress(Session& session, ByteView message, const FileDescriptor& output, const Options& options = {}) {
    const auto input = file_with(message);
    const auto job = session.caller.start_decompress(input.get(), output.get(), options);
    REQUIRE(job.error == "");
    return session.caller.finished(job.body.at(0));
}

}  // namespace

TEST_CASE("StartDecompress: a compressed message's content is written, and nobody is asked for a PIN (RFC 8551 §3.6)") {
    Session session;
    const auto message = compressed(session, "b'Content-Type: text/plain\\r\\n\\r\\nhello\\r\\n' * 3000");
    const auto output = make_memory_file("output");

    const auto finished = decompress(session, message, output, {{"form", std::string("der")}});

    CHECK(finished.error == "");
    CHECK(finished.result.at("bytes_in") == message.size());
    CHECK(finished.result.at("bytes_out") == 3000 * 35);
    CHECK(content_of(output).size() == 3000 * 35);
    CHECK(session.world.pinentry_count("GETPIN") == 0);
}

TEST_CASE("StartDecompress: row 27: a compression bomb is LimitExceeded, and nothing is written") {
    Session session;
    const auto output = make_memory_file("output");

    const auto finished = decompress(session, compressed(session, "bytes(64 << 20)"), output);

    CHECK(finished.error == error_name("LimitExceeded"));
    CHECK(content_of(output).empty());
    session.require_next_good_decryption();
}

TEST_CASE("StartDecompress: an unknown option is InvalidArgs naming it (row 97)") {
    Session session;
    const auto file = file_with({});
    const auto output = make_memory_file("output");

    const auto reply = session.caller.start_decompress(file.get(), output.get(), {{"key", std::string("a")}});

    CHECK(reply.error == invalid_args);
    CHECK(reply.message.find("'key'") != std::string::npos);
}
