// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes what a stranger's message reaches in the decrypt job before a key is used, and behind it: every form, the MIME
// splitter, the BER walk, the templates of the recipients, and the content reader.
#include "cms/envelope.hpp"
#include "cms/message_input.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

FileDescriptor file_with(ByteView bytes) {
    auto file = make_memory_file("fuzz");
    write_all(file.get(), bytes);
    return file;
}

void read_to_the_end(const Source& source) {
    Bytes piece(1000);
    for (uint64_t offset = 0; offset < source.size(); offset += piece.size()) {
        piece.resize(static_cast<size_t>(std::min<uint64_t>(1000, source.size() - offset)));
        source.read(offset, piece);
    }
}

void read_content(const Source& message, const Envelope& envelope) {
    ContentReader reader(message, envelope.content);
    Bytes piece(1000);
    uint64_t octets = 0;
    while (const auto count = reader.read(piece)) octets += count;
    if (octets != envelope.content.octets) __builtin_trap();
}

void open(ByteView input) {
    auto sockets = make_packet_sockets();
    const ipc::Channel channel(std::move(sockets.ours));
    JobLink link(channel, JobId{1});
    const auto opened = open_message(
        file_with(input), {ipc::InputForm::Auto, ipc::InputOrigin::Private, {}, ipc::PartKind::Enveloped}, link);
    read_to_the_end(*opened.message);
    if (opened.content) read_to_the_end(*opened.content);
    read_content(*opened.message, read_envelope(*opened.message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        open({data, size});
    } catch (const Error&) {
        // A refusal is an answer.
    }
    return 0;
}
