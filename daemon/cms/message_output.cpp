// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing a message in the form asked for: bare, PEM, or as a MIME entity (RFC 8551 §3).
#include "cms/message_output.hpp"

#include <openssl/rand.h>
#include <array>

#include "base/error.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t pem_line = 48, mime_line = 57;

std::string_view name_of(SmimeType type) {
    switch (type) {
        case SmimeType::EnvelopedData:
            return "enveloped-data";
        case SmimeType::AuthEnvelopedData:
            return "authEnveloped-data";
        case SmimeType::SignedData:
            return "signed-data";
    }
    throw Error(ErrorCode::Internal, "unknown S/MIME type");
}

std::string mime_header(SmimeType type) {
    return "Content-Type: application/pkcs7-mime; smime-type=" + std::string(name_of(type)) +
           ";\r\n"
           " name=\"smime.p7m\"\r\n"
           "Content-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"
           "\r\n";
}

// 128 random bits: no content holds it but by design of somebody who can foresee them.
std::string random_boundary() {
    std::array<uint8_t, 16> random{};
    if (RAND_bytes(random.data(), random.size()) != 1) throw Error(ErrorCode::Internal, "cannot make random bytes");
    return "----=_cardseal_" + hex(random);
}

}  // namespace

MessageOutput::MessageOutput(Sink& out, ipc::OutputForm form, SmimeType type, std::string_view outer)
    : out_(out), form_(form) {
    if (form == ipc::OutputForm::Pem) {
        start_ = "-----BEGIN CMS-----\n";
        encoder_.emplace(out, pem_line, "\n");
    } else if (form == ipc::OutputForm::Smime) {
        start_ = std::string(outer) + mime_header(type);
        encoder_.emplace(out, mime_line, "\r\n");
    }
}

void MessageOutput::write(ByteView bytes) {
    if (!start_.empty()) out_.write(bytes_of(start_));
    start_.clear();
    if (encoder_)
        encoder_->write(bytes);
    else
        out_.write(bytes);
}

void MessageOutput::finish() {
    if (encoder_) encoder_->finish();
    if (form_ == ipc::OutputForm::Pem) out_.write(bytes_of("-----END CMS-----\n"));
}

MultipartSignedOutput::MultipartSignedOutput(Sink& out, const std::string& micalg, std::string_view outer)
    : out_(out), boundary_(random_boundary()) {
    out_.write(bytes_of(std::string(outer) +
                        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
                        " micalg=" +
                        (micalg.find(',') == std::string::npos ? micalg : "\"" + micalg + "\"") +
                        ";\r\n"
                        " boundary=\"" +
                        boundary_ +
                        "\"\r\n"
                        "\r\n"
                        "This is an S/MIME signed message\r\n"
                        "\r\n"
                        "--" +
                        boundary_ + "\r\n"));
}

void MultipartSignedOutput::finish(ByteView signature) {
    out_.write(bytes_of("\r\n--" + boundary_ +
                        "\r\n"
                        "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
                        "Content-Transfer-Encoding: base64\r\n"
                        "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n"
                        "\r\n"));
    Base64Encoder encoder(out_, mime_line, "\r\n");
    encoder.write(signature);
    encoder.finish();
    out_.write(bytes_of("\r\n--" + boundary_ + "--\r\n"));
}

}  // namespace cardseal::cms
