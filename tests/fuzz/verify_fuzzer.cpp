// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes what a stranger's message reaches in the verify job: the BER walk, the content reader, the templates, names in
// certificates, and the judgement of each signer.
#include <set>

#include "cms/ber.hpp"
#include "cms/signer_capabilities.hpp"
#include "cms/signer_judgement.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

constexpr int64_t moment = 1'790'000'000;

void read_content(const Source& message, const CutMessage& cut, ContentDigests& digests) {
    if (!cut.content) return;
    ContentReader reader(message, *cut.content);
    Bytes piece(1000);
    uint64_t octets = 0;
    while (const auto count = reader.read(piece)) {
        digests.write(ByteView(piece).first(count));
        octets += count;
    }
    if (octets != cut.content->octets) __builtin_trap();
}

void judge(const Source& message) {
    const auto cut = cut_message(message);
    const auto received = read_signed_data(cut.rest);
    ContentDigests digests({Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512});
    read_content(message, cut, digests);
    digests.finish();
    const Trust trust({}, {});
    const std::optional<MailAuthors> authors;
    for (const auto& signer : received.signers) {
        // Without an anchor nothing may ever be valid.
        if (judge_signer(signer, {received, digests, trust, moment, authors, authors}).valid) __builtin_trap();
        for (const auto& certificate : received.certificates)
            (void)signer_capabilities(signer, certificate, received.certificates);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        judge(MemorySource(Bytes(data, data + size)));
    } catch (const Error&) {
        // A refusal is an answer.
    }
    return 0;
}
