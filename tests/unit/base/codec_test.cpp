// SPDX-License-Identifier: LGPL-2.1-or-later
// The private messages: what is encoded comes back, and anything else is refused.
#include "catch.hpp"
#include "ipc/channel.hpp"
#include "ipc/job_messages.hpp"

using namespace cardseal;
using namespace cardseal::ipc;

static ChosenRecipient sample() { return {3, KeyType::Ec, {1, 2, 3}}; }

TEST_CASE("codec: a message comes back as it was") {
    const auto back = decode<ChosenRecipient>(encode(sample()));

    REQUIRE(back.index == 3);
    REQUIRE(back.type == KeyType::Ec);
    REQUIRE(back.certificate == Bytes{1, 2, 3});
}

TEST_CASE("codec: a message cut at any byte is refused") {
    const auto whole = encode(sample());

    for (size_t size = 0; size < whole.size(); ++size)
        REQUIRE_THROWS_AS(decode<ChosenRecipient>(ByteView(whole).first(size)), Error);
}

TEST_CASE("codec: a byte too many is refused") {
    auto bytes = encode(sample());
    bytes.push_back(0);

    REQUIRE_THROWS_AS(decode<ChosenRecipient>(bytes), Error);
}

TEST_CASE("codec: an unknown enumerator is refused") {
    auto bytes = encode(sample());
    bytes[4] = 200;

    REQUIRE_THROWS_AS(decode<ChosenRecipient>(bytes), Error);
}

TEST_CASE("codec: a list or a blob above its cap is refused by both sides") {
    SymmetricKey key{Bytes(65)};
    REQUIRE_THROWS_AS(encode(key), Error);

    auto bytes = encode(SymmetricKey{Bytes(64)});
    bytes[0] = 65;
    bytes.push_back(0);
    REQUIRE_THROWS_AS(decode<SymmetricKey>(bytes), Error);
}

TEST_CASE("channel: a packet arrives with its descriptors, and the end of the peer is told") {
    auto sockets = make_packet_sockets();
    Channel ours(std::move(sockets.ours));
    NoPacket reason;
    {
        const Channel theirs(std::move(sockets.theirs));
        const auto file = make_memory_file("test");
        const int descriptor = file.get();
        REQUIRE(theirs.send({.type = MessageType::SpoolFile, .request = 9}, {}, std::span(&descriptor, 1),
                            Waiting::Block) == SendResult::Sent);
    }

    auto packet = ours.receive(Waiting::Block, reason);
    REQUIRE(packet);
    REQUIRE(packet->header.request == 9);
    REQUIRE(packet->descriptors.size() == 1);
    REQUIRE_FALSE(ours.receive(Waiting::Block, reason));
    REQUIRE(reason == NoPacket::PeerGone);
    REQUIRE(ours.send({}, {}, {}, Waiting::Block) == SendResult::PeerGone);
}

TEST_CASE("channel: a packet of another protocol version is refused") {
    auto sockets = make_packet_sockets();
    const Channel ours(std::move(sockets.ours));
    const Channel theirs(std::move(sockets.theirs));
    NoPacket reason;
    (void)theirs.send({.version = 2}, {}, {}, Waiting::Block);

    REQUIRE_THROWS_AS(ours.receive(Waiting::Block, reason), Error);
}
