// SPDX-License-Identifier: LGPL-2.1-or-later
// odd-worker BEHAVIOUR: stands in for a token worker whose module is broken in a way that no fault module can be.
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "ipc/channel.hpp"
#include "ipc/token_messages.hpp"

using namespace cardseal;
using ipc::MessageType;

namespace {

void send(const ipc::Channel& channel, MessageType type, uint32_t request, ByteView payload) {
    (void)channel.send({.type = type, .request = request}, payload, {}, ipc::Waiting::Block);
}

void list(const ipc::Channel& channel, uint32_t request) {
    ipc::TokenFound token;
    token.id.value = "pkcs11:token=odd";
    token.label = "odd";
    send(channel, MessageType::TokenFound, request, ipc::encode(token));
    send(channel, MessageType::Done, request, {});
}

/// Lists its token properly; every other request meets the behaviour.
void answer(const ipc::Channel& channel, const ipc::Header& request, ByteView payload, const std::string& behaviour) {
    if (request.type == MessageType::ListTokens && behaviour != "garbled-list") return list(channel, request.request);
    const Bytes rubbish{1, 2, 3};
    if (behaviour == "die") std::exit(7);
    if (behaviour == "step-down") std::exit(0);
    if (behaviour == "abort") std::abort();
    if (behaviour == "last-words") {
        send(channel, MessageType::Signature, request.request, ipc::encode(ipc::Signature{rubbish}));
        std::exit(7);
    }
    if (behaviour == "garbage") send(channel, MessageType::Signature, request.request, rubbish);
    if (behaviour == "garbled-list") send(channel, MessageType::KeyFound, request.request, rubbish);
    if (behaviour == "wrong-type")
        send(channel, MessageType::LoginEnded, request.request, ipc::encode(ipc::LoginEnded()));
    if (behaviour == "stranger") send(channel, MessageType::Signature, request.request + 1000, rubbish);
    if (behaviour == "one-hangs" && text_of(payload).find("token=slow") == std::string::npos)
        send(channel, MessageType::Signature, request.request, ipc::encode(ipc::Signature{rubbish}));
    // "hang": no answer
}

}  // namespace

int main(int argc, char** argv) {
    const std::string behaviour = argc > 1 ? argv[1] : "";
    const ipc::Channel channel{FileDescriptor(ipc::inherited_channel)};
    ipc::NoPacket reason;
    while (const auto packet = channel.receive(ipc::Waiting::Block, reason))
        answer(channel, packet->header, packet->payload, behaviour);
    return 0;
}
