// SPDX-License-Identifier: LGPL-2.1-or-later
// The decompress job: CompressedData (RFC 3274) made by zlib and by hand.
#include <zlib.h>

#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "cms/inflater.hpp"
#include "cms/message_output.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

constexpr uint8_t sequence = 0x30, context_0 = 0xa0;
/// id-ct-compressedData; SEQUENCE { id-alg-zlibCompress }; id-data.
const Bytes compressed_data{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09};
const Bytes zlib_algorithm{0x30, 0x0d, 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x03, 0x08};
const Bytes data{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};

Bytes compressed(ByteView content, int level = Z_BEST_COMPRESSION) {
    auto size = compressBound(content.size());
    Bytes stream(size);
    REQUIRE(compress2(stream.data(), &size, content.data(), content.size(), level) == Z_OK);
    stream.resize(size);
    return stream;
}

struct Parts {
    uint8_t version = 0;
    Bytes algorithm = zlib_algorithm;
    Bytes type = data;
};

/// With definite lengths if the stream is short, else in pieces.
Bytes message_with(ByteView stream, const Parts& parts = {}) {
    Bytes before{V_ASN1_INTEGER, 1, parts.version};
    before.insert(before.end(), parts.algorithm.begin(), parts.algorithm.end());
    MemorySink out;
    BerWriter writer(
        out,
        {{sequence, compressed_data}, {context_0, {}}, {sequence, before}, {sequence, parts.type}, {context_0, {}}},
        OctetStringTag::Universal);
    writer.write(stream);
    writer.finish(std::vector<Bytes>(5));
    return out.take();
}

void check_refused(ByteView message, ErrorCode code) {
    const auto outcome = decompress(message);
    INFO(outcome.finished.message);
    CHECK(outcome.finished.code == code);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.of_keys() == 0);
}

std::string base64_of(ByteView bytes) {
    MemorySink out;
    Base64Encoder encoder(out, 57, "\r\n");
    encoder.write(bytes);
    encoder.finish();
    return std::string(text_of(out.bytes()));
}

}  // namespace

TEST_CASE("decompress: content of every size and any compression comes back (RFC 3274, RFC 8551 §2.4.5, §3.6)") {
    for (const size_t size : {0, 1, 1000, 65535, 65536, 65537, 3'000'000})
        for (const int level : {Z_NO_COMPRESSION, Z_BEST_SPEED, Z_BEST_COMPRESSION}) {
            CAPTURE(size, level);
            const auto content = sample_content(size);
            const auto message = message_with(compressed(content, level));
            const auto outcome = decompress(message);
            CHECK(outcome.finished.message == "");
            CHECK((outcome.output == content));
            CHECK(outcome.finished.bytes_in == message.size());
            CHECK(outcome.finished.bytes_out == content.size());
            CHECK(outcome.requests.of_keys() == 0);
            CHECK(outcome.requests.choices == 0);
        }
}

TEST_CASE("decompress: reads every form, and S/MIME with smime-type compressed-data or a name .p7z (RFC 8551 §3.2)") {
    const auto content = sample_content(5000);
    const auto message = message_with(compressed(content));
    const auto base64 = base64_of(message);
    for (const std::string& text :
         {base64, "-----BEGIN CMS-----\r\n" + base64 + "-----END CMS-----\r\n",
          "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=compressed-data; "
          "name=smime.p7z\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
              base64,
          "From: a@example.org\r\nContent-Type: application/octet-stream; name=smime.p7z\r\n"
          "Content-Transfer-Encoding: base64\r\n\r\n" +
              base64}) {
        CAPTURE(text.substr(0, 80));
        CHECK((decompress(bytes_of(text)).output == content));
    }
    CHECK(decompress(message, ipc::InputForm::Pem).finished.code == ErrorCode::BadMessage);
    CHECK((decompress(message, ipc::InputForm::Der).output == content));
}

TEST_CASE("decompress: a large message goes through the broker's spool file") {
    const auto content = sample_content(20 << 20);
    const auto outcome = decompress(message_with(compressed(content, Z_NO_COMPRESSION)));
    CHECK((outcome.output == content));
    CHECK(outcome.requests.spools == 1);
}

TEST_CASE("decompress: row 27: a compression bomb of 1:1000 is LimitExceeded with 0 bytes out") {
    const auto bomb = compressed(Bytes(64 << 20, 0));
    REQUIRE((64u << 20) / bomb.size() > 1000);
    check_refused(message_with(bomb), ErrorCode::LimitExceeded);
    check_refused(message_with(compressed(Bytes(free_expansion + 200'000, 0))), ErrorCode::LimitExceeded);

    const Bytes zeros(free_expansion, 0);
    CHECK((decompress(message_with(compressed(zeros))).output == zeros));
}

TEST_CASE("decompress: row 27: a bomb behind much honest content is found before anything is released") {
    auto content = sample_content(256 * 1024);
    content.resize(size_t{100} << 20);
    check_refused(message_with(compressed(content)), ErrorCode::LimitExceeded);
}

TEST_CASE("decompress: a damaged, cut or continued stream is a BadMessage with 0 bytes out (RFC 1950)") {
    const auto stream = compressed(sample_content(300'000));
    REQUIRE(decompress(message_with(stream)).finished.code == ErrorCode::None);

    auto checksum = stream;
    checksum.back() ^= 1;
    check_refused(message_with(checksum), ErrorCode::BadMessage);
    auto header = stream;
    header.front() ^= 1;
    check_refused(message_with(header), ErrorCode::BadMessage);
    for (const size_t size : {size_t{0}, size_t{1}, size_t{2}, stream.size() / 2, stream.size() - 4, stream.size() - 1})
        check_refused(message_with(ByteView(stream).first(size)), ErrorCode::BadMessage);
    for (const size_t more : {1, 100'000}) {
        auto continued = stream;
        continued.insert(continued.end(), more, 0);
        check_refused(message_with(continued), ErrorCode::BadMessage);
    }
    auto twice = stream;
    twice.insert(twice.end(), stream.begin(), stream.end());
    check_refused(message_with(twice), ErrorCode::BadMessage);
    // Bare deflate, without zlib's header and checksum.
    check_refused(message_with(ByteView(stream).subspan(2, stream.size() - 6)), ErrorCode::BadMessage);
}

TEST_CASE("decompress: rows 3 and 4: a message cut at any offset, or with anything after it, is a BadMessage") {
    auto message = message_with(compressed(sample_content(200)));
    for (size_t size = 0; size < message.size(); ++size)
        check_refused(ByteView(message).first(size), ErrorCode::BadMessage);
    message.push_back(0);
    check_refused(message, ErrorCode::BadMessage);
}

TEST_CASE("decompress: another algorithm or inner type is UnsupportedAlgorithm, another version a BadMessage") {
    const auto stream = compressed(sample_content(200));
    REQUIRE(decompress(message_with(stream)).finished.code == ErrorCode::None);
    auto algorithm = zlib_algorithm;
    algorithm.back() = 0x09;
    check_refused(message_with(stream, {.algorithm = algorithm}), ErrorCode::UnsupportedAlgorithm);
    auto type = data;
    type.back() = 0x02;
    check_refused(message_with(stream, {.type = type}), ErrorCode::UnsupportedAlgorithm);
    check_refused(message_with(stream, {.version = 1}), ErrorCode::BadMessage);

    auto with_null = der_value(sequence, Bytes(zlib_algorithm.begin() + 2, zlib_algorithm.end()));
    with_null[1] = static_cast<uint8_t>(with_null[1] + 2);
    with_null.insert(with_null.end(), {V_ASN1_NULL, 0});
    CHECK((decompress(message_with(stream, {.algorithm = with_null})).output == sample_content(200)));
}

TEST_CASE("decompress: an encrypted message is a BadMessage, and so is a compressed one for decrypt") {
    const auto& identity = recipient(TestKey::P256);
    check_refused(encrypted_to({&identity}, sample_content(10)), ErrorCode::BadMessage);
    const auto outcome = decrypt_with({&identity}, message_with(compressed(sample_content(10))));
    CHECK(outcome.finished.code == ErrorCode::BadMessage);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.choices == 0);
}
