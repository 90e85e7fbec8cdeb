// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes what reaches the broker from others: a worker's packets, as if an attacker had taken the worker over, a
// caller's PKCS#11 URI, and the configuration.
#include "base/file_descriptor.hpp"
#include "broker/configuration.hpp"
#include "broker/pkcs11_uri.hpp"
#include "ipc/job_messages.hpp"
#include "ipc/packet.hpp"
#include "ipc/zygote_messages.hpp"

using namespace cardseal;

namespace {

template <class Message>
void decode(ByteView payload) {
    auto message = ipc::decode<Message>(payload);
    // What was accepted must come out the same: a message has one encoding.
    if (ipc::encode(message) != to_bytes(payload)) __builtin_trap();
}

void read_uri(ByteView bytes) {
    const std::string uri(text_of(bytes));
    if (broker::is_pkcs11_uri(uri)) broker::parse_pkcs11_uri(uri);
}

void read_configuration(ByteView bytes) {
    const auto file = make_memory_file("fuzz");
    write_all(file.get(), bytes);
    broker::read_configuration("/proc/self/fd/" + std::to_string(file.get()));
}

constexpr void (*targets[])(ByteView) = {
    decode<ipc::Header>,
    decode<ipc::Failure>,
    decode<ipc::SignerAttributes>,
    decode<ipc::ChooseRecipient>,
    decode<ipc::UnwrapContentKey>,
    decode<ipc::AgreeKey>,
    decode<ipc::Progress>,
    decode<ipc::Finished>,
    decode<ipc::TokenFound>,
    decode<ipc::KeyFound>,
    decode<ipc::LoginEnded>,
    decode<ipc::Forked>,
    decode<ipc::ChildExited>,
    read_uri,
    read_configuration,
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    try {
        targets[data[0] % std::size(targets)](ByteView(data + 1, size - 1));
    } catch (const Error&) {
        // A refusal is an answer; anything else is a finding.
    }
    return 0;
}
