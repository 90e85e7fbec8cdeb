// SPDX-License-Identifier: LGPL-2.1-or-later
// Decryption through the bus of messages that were tampered with: BAD_INPUT rows 13-16 and 24-26.
#include <algorithm>
#include <chrono>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const WorldSetup counted{.fault_module = WorldSetup::FaultModule::InFront};

/// The operations that use a private key.
size_t private_key_operations(const Session& session) {
    return session.calls("C_Decrypt") + session.calls("C_DeriveKey") + session.calls("C_Sign");
}

/// DecryptFailed, nothing released, and the message that every such failure has.
std::string require_decrypt_failed(Session& session, ByteView message) {
    const auto input = file_with(message);
    const auto output = make_memory_file("output");
    const auto job = session.caller.start_decrypt(input.get(), output.get());
    REQUIRE(job.error == "");
    const auto finished = session.caller.finished(job.body.at(0));
    CHECK(finished.error == error_name("DecryptFailed"));
    CHECK(content_of(output).empty());
    CHECK(session.caller.finished_count(job.body.at(0)) == 1);
    return finished.message;
}

/// Puts other octets in the place of the first encrypted key.
Bytes with_encrypted_key(Bytes message, ByteView key) {
    const auto offset = long_octet_strings(message, key.size()).at(0);
    std::copy(key.begin(), key.end(), message.begin() + static_cast<std::ptrdiff_t>(offset));
    return message;
}

Bytes wrap_with_openssl(const World& world, ByteView key) {
    return world.openssl({"pkeyutl", "-encrypt", "-certin", "-inkey", world.identity("rsa2048").certificate}, key);
}

}  // namespace

TEST_CASE("row 13: of two recipients with our identifier the first is used, with one token operation") {
    Session session(counted);
    const auto& ours = session.world.identity("rsa2048");
    const auto message =
        session.world.encrypt_with_openssl(bytes_of("hello"), ours, {"-aes256", "-recip", ours.certificate});
    REQUIRE(long_octet_strings(message, 256).size() == 2);

    const auto reply = session.caller.decrypt(message, interaction_allowed);

    CHECK(reply.error == "");
    CHECK(text_of(reply.bytes()) == "hello");
    CHECK(session.calls("C_Decrypt") == 1);
    session.require_next_good_request();
}

TEST_CASE("row 14: a probe recipient after the valid one is never tried") {
    Session session(counted);
    const auto& ours = session.world.identity("rsa2048");
    auto message =
        session.world.encrypt_with_openssl(bytes_of("hello"), ours, {"-aes-256-gcm", "-recip", ours.certificate});
    const auto keys = long_octet_strings(message, 256);
    REQUIRE(keys.size() == 2);
    auto probe_first = message;
    message[keys[1] + 200] ^= 1;
    probe_first[keys[0] + 200] ^= 1;

    const auto reply = session.caller.decrypt(message, interaction_allowed);
    CHECK(reply.error == "");
    CHECK(text_of(reply.bytes()) == "hello");
    CHECK(session.calls("C_Decrypt") == 1);

    // The other way round shows that the second is not a way out either.
    session.world.clear_module_calls();
    require_decrypt_failed(session, probe_first);
    CHECK(session.calls("C_Decrypt") == 1);
    session.require_next_good_request();
}

TEST_CASE("row 15: a message for somebody else is NoMatchingKey before any token operation") {
    Session session(counted);
    session.world.python("world.identities.update(bob=world.authority.identity('bob')) and None");
    const auto bob = session.world.path("ca/bob.pem");
    const auto message = session.world.openssl(
        {"cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-recip", bob}, bytes_of("hello"));
    session.world.clear_module_calls();

    const auto reply = session.caller.decrypt(message, interaction_allowed);

    CHECK(reply.error == error_name("NoMatchingKey"));
    CHECK(private_key_operations(session) == 0);
    CHECK(session.calls("C_Login") == 0);
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_decryption();
}

TEST_CASE("row 16: bad padding, a key of the wrong size and a wrong key are one identical DecryptFailed") {
    Session session;
    session.require_next_good_decryption();
    const auto message =
        session.world.encrypt_with_openssl(bytes_of("hello"), session.world.identity("rsa2048"), {"-aes-256-gcm"});
    Bytes unpadded(256, 0x11);
    const Bytes short_key(5, 0x22), other_key(32, 0x33);

    const auto bad_padding = require_decrypt_failed(session, with_encrypted_key(message, unpadded));
    const auto wrong_size =
        require_decrypt_failed(session, with_encrypted_key(message, wrap_with_openssl(session.world, short_key)));
    const auto wrong_key =
        require_decrypt_failed(session, with_encrypted_key(message, wrap_with_openssl(session.world, other_key)));

    CHECK(bad_padding == wrong_key);
    CHECK(wrong_size == wrong_key);
    session.require_next_good_decryption();
}

TEST_CASE("row 16: bad padding takes as long as a wrong key") {
    Session session;
    session.require_next_good_decryption();
    const auto message =
        session.world.encrypt_with_openssl(bytes_of("hello"), session.world.identity("rsa2048"), {"-aes-256-gcm"});
    const auto bad_padding = with_encrypted_key(message, Bytes(256, 0x11));
    const auto wrong_key = with_encrypted_key(message, wrap_with_openssl(session.world, Bytes(32, 0x33)));
    const auto milliseconds_of = [&](ByteView one) {
        const auto start = std::chrono::steady_clock::now();
        REQUIRE(session.caller.decrypt(one).error == error_name("DecryptFailed"));
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    };

    // The fastest of interleaved runs, and more of them on a busy machine, which only adds time: a retry or another
    // path doubles even the fastest.
    double padding_time = milliseconds_of(bad_padding), key_time = milliseconds_of(wrong_key);
    const auto alike = [&] { return padding_time < key_time * 1.7 && key_time < padding_time * 1.7; };
    for (int round = 0; round < 32 || (round < 512 && !alike()); ++round) {
        const bool padding_first = round % 2 == 0;  // what the one call leaves to do must not count for the other
        if (padding_first) padding_time = std::min(padding_time, milliseconds_of(bad_padding));
        key_time = std::min(key_time, milliseconds_of(wrong_key));
        if (!padding_first) padding_time = std::min(padding_time, milliseconds_of(bad_padding));
    }

    INFO("bad padding " << padding_time << " ms, wrong key " << key_time << " ms");
    CHECK(alike());
}

TEST_CASE("row 24: a flipped AES-GCM tag is DecryptFailed and releases nothing") {
    Session session;
    const Bytes content(100'000, 'x');
    auto message = session.world.encrypt_with_openssl(content, session.world.identity("rsa2048"), {"-aes-256-gcm"});
    const auto good = session.caller.decrypt(message, interaction_allowed);
    REQUIRE(good.bytes() == content);
    REQUIRE(good.result().at("integrity") == "aead");
    CHECK(Bytes(good.result().at("certificate").get_binary()) == session.certificate("rsa2048"));

    message.back() ^= 1;

    require_decrypt_failed(session, message);
    session.require_next_good_decryption();
}

TEST_CASE("row 25: a flip in the middle of AES-CBC content is a success with integrity none") {
    Session session;
    const Bytes content(1000, 'x');
    auto message = session.world.encrypt_with_openssl(content, session.world.identity("rsa2048"));
    message[message.size() - 500] ^= 1;

    const auto reply = session.caller.decrypt(message, interaction_allowed);

    CHECK(reply.error == "");
    CHECK(reply.result().at("integrity") == "none");
    CHECK(reply.bytes().size() == content.size());
    CHECK(reply.bytes() != content);
    session.require_next_good_decryption();
}

TEST_CASE("row 26: a bad last block of AES-CBC is DecryptFailed and releases nothing") {
    Session session;
    const Bytes content(100'000, 'x');
    auto message = session.world.encrypt_with_openssl(content, session.world.identity("rsa2048"));
    message[message.size() - 17] ^= 0xff;  // the last octet of plaintext, the padding's length, is out of range now

    require_decrypt_failed(session, message);
    session.require_next_good_decryption();
}
