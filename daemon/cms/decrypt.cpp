// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job: one pass finds out whether the content is whole, a second one releases it.
#include "cms/content_key.hpp"
#include "cms/jobs.hpp"
#include "cms/message_input.hpp"
#include "cms/output.hpp"
#include "cms/progress_meter.hpp"
#include "cms/protected_headers.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t piece_size = 64 * 1024;  // a multiple of every block size

/// The content's pieces from its first to its last.
template <class Each>
void for_each_piece(const Source& message, const ContentPlace& place, Each each) {
    ContentReader reader(message, place);
    Bytes piece(piece_size);
    while (const auto size = reader.read(piece)) each(ByteView(piece).first(size));
}

/// First pass with an AEAD: the tag covers everything.
void check_tag(const Envelope& envelope, const Source& message, const Secret& key) {
    ContentDecryptor decryptor(envelope.algorithm, key, envelope.authenticated_attributes);
    for_each_piece(message, envelope.content, [&](ByteView piece) { (void)decryptor.update(piece); });
    if (!decryptor.good_end(envelope.tag)) throw_decrypt_failed();
}

/// The content's last bytes, at most `count`.
Bytes last_bytes(const Envelope& envelope, const Source& message, uint64_t count) {
    const auto octets = envelope.content.octets;
    ContentReader reader(message, envelope.content);
    reader.skip(octets - std::min(octets, count));
    Bytes last(static_cast<size_t>(std::min(octets, count)));
    reader.read(last);
    return last;
}

/// First pass with CBC: only the last block can be wrong. The length of its padding.
size_t check_padding(const Envelope& envelope, const Source& message, const Secret& key) {
    const auto block = envelope.algorithm.block_size;
    const auto last = last_bytes(envelope, message, 2 * block);
    auto algorithm = envelope.algorithm;
    if (last.size() == 2 * block) algorithm.nonce.assign(last.begin(), last.begin() + static_cast<ptrdiff_t>(block));
    ContentDecryptor decryptor(algorithm, key, {});
    const auto padding = padding_length(decryptor.update(ByteView(last).last(block)));
    if (padding == 0) throw_decrypt_failed();
    return padding;
}

/// How many of the decrypted bytes are content.
uint64_t check_content(const Envelope& envelope, const Source& message, const Secret& key) {
    if (!envelope.algorithm.aead) return envelope.content.octets - check_padding(envelope, message, key);
    check_tag(envelope, message, key);
    return envelope.content.octets;
}

/// The content's protected headers.
std::vector<ipc::HeaderText> release_content(const Envelope& envelope, const Source& message, const Secret& key,
                                             uint64_t size, Output& output, ProgressMeter& progress) {
    ContentStart start(output);
    ContentDecryptor decryptor(envelope.algorithm, key, envelope.authenticated_attributes);
    for_each_piece(message, envelope.content, [&](ByteView piece) {
        const auto plaintext = decryptor.update(piece);
        const auto left = size - output.bytes_written();
        start.write(plaintext.first(static_cast<size_t>(std::min<uint64_t>(plaintext.size(), left))));
        progress.written(output.bytes_written());
    });
    output.finish();
    return reported(read_protected_headers(start.bytes()).fields);
}

}  // namespace

ipc::Finished run_decrypt(const ipc::DecryptJob& job, JobFiles files, JobLink& link) {
    if (files.size() != 2) throw Error(ErrorCode::Internal, "malformed internal message");
    refuse_same_file(files[0], files[1]);
    Output output(std::move(files[1]));
    auto opened = open_message(std::move(files[0]), {job.form, job.origin, job.part, ipc::PartKind::Enveloped}, link);
    if (opened.content) throw Error(ErrorCode::BadMessage, "cannot read the message: it is signed, not encrypted");
    const auto envelope = read_envelope(*opened.message);
    const auto key = obtain_content_key(envelope, link);
    const auto size = check_content(envelope, *opened.message, key);

    ProgressMeter progress(link);
    progress.set_total(opened.bytes_in);
    progress.read(opened.bytes_in);
    ipc::Finished finished;
    finished.headers = release_content(envelope, *opened.message, key, size, output, progress);
    finished.bytes_in = opened.bytes_in;
    finished.bytes_out = output.bytes_written();
    finished.integrity = envelope.algorithm.aead ? ipc::Integrity::Aead : ipc::Integrity::None;
    finished.content_cipher = envelope.algorithm.name;
    finished.parts = std::move(opened.parts);
    return finished;
}

}  // namespace cardseal::cms
