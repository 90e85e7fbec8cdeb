// SPDX-License-Identifier: LGPL-2.1-or-later
// The decompress job: CompressedData (RFC 3274, RFC 8551 §3.6); one pass finds out whether the content is whole, a
// second one releases it.
#include "cms/asn1_compressed.hpp"
#include "cms/ber.hpp"
#include "cms/inflater.hpp"
#include "cms/jobs.hpp"
#include "cms/message_input.hpp"
#include "cms/output.hpp"
#include "cms/progress_meter.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t piece_size = 64 * 1024;
constexpr int compressed_version = 0;  // RFC 3274 §1.1
/// id-ct-compressedData and id-alg-zlibCompress, RFC 3274 §1.1 and §2.
constexpr uint8_t compressed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09};
constexpr std::string_view zlib_object = "1.2.840.113549.1.9.16.3.8";

using CompressedMessagePointer = Owned<asn1::CompressedMessage, asn1::CompressedMessage_free>;

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

/// RFC 3274 §2: absent; NULL is what some programs write.
bool has_no_parameters(const X509_ALGOR* algorithm) {
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(nullptr, &type, nullptr, algorithm);
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

/// Where the compressed content is, once everything beside it has been checked.
ContentPlace compressed_content(const Source& message) {
    const auto cut = cut_message(message);
    if (!std::ranges::equal(cut.type, compressed_data)) refuse("it is not compressed");
    const CompressedMessagePointer read =
        decoded<asn1::CompressedMessage, asn1::CompressedMessage_free, asn1::d2i_CompressedMessage>(cut.rest);
    if (!read) refuse("its CompressedData is malformed");
    const auto* data = read->content;
    if (data->version != compressed_version) refuse("its CompressedData is of another version");
    if (dotted(data->compression_algorithm->algorithm) != zlib_object)
        throw Error(ErrorCode::UnsupportedAlgorithm, "message is compressed with an algorithm that is not supported");
    if (!has_no_parameters(data->compression_algorithm)) refuse("its compression has parameters");
    if (OBJ_obj2nid(data->encapsulated->content_type) != NID_pkcs7_data)
        throw Error(ErrorCode::UnsupportedAlgorithm, "compressed content is of a type that is not supported");
    if (!cut.content) refuse("it has no compressed content");
    return *cut.content;
}

void expand(const Source& message, const ContentPlace& place, Sink& out) {
    ContentReader reader(message, place);
    Inflater inflater;
    Bytes piece(piece_size);
    while (const auto size = reader.read(piece)) inflater.write(ByteView(piece).first(size), out);
    inflater.finish();
}

/// Where the first pass goes.
class NoSink final : public Sink {
public:
    void write(ByteView) override {}
};

class MeteredSink final : public Sink {
public:
    MeteredSink(Output& output, ProgressMeter& progress) : output_(output), progress_(progress) {}
    void write(ByteView bytes) override {
        output_.write(bytes);
        progress_.written(output_.bytes_written());
    }

private:
    Output& output_;
    ProgressMeter& progress_;
};

}  // namespace

ipc::Finished run_decompress(const ipc::DecompressJob& job, JobFiles files, JobLink& link) {
    if (files.size() != 2) throw Error(ErrorCode::Internal, "malformed internal message");
    refuse_same_file(files[0], files[1]);
    Output output(std::move(files[1]));
    auto opened = open_message(std::move(files[0]), {job.form, job.origin, job.part, ipc::PartKind::Compressed}, link);
    if (opened.content) refuse("it is signed, not compressed");
    const auto place = compressed_content(*opened.message);
    NoSink nowhere;
    expand(*opened.message, place, nowhere);

    ProgressMeter progress(link);
    progress.set_total(opened.bytes_in);
    progress.read(opened.bytes_in);
    MeteredSink metered(output, progress);
    expand(*opened.message, place, metered);
    output.finish();

    ipc::Finished finished;
    finished.bytes_in = opened.bytes_in;
    finished.bytes_out = output.bytes_written();
    finished.parts = std::move(opened.parts);
    return finished;
}

}  // namespace cardseal::cms
