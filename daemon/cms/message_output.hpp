// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing a message in the form asked for: bare, PEM, or as a MIME entity (RFC 8551 §3).
#pragma once

#include <optional>

#include "cms/base64.hpp"
#include "cms/sink.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

inline constexpr std::string_view mime_version_field = "MIME-Version: 1.0\r\n";

/// RFC 8551 §3.2.2.
enum class SmimeType { EnvelopedData, AuthEnvelopedData, SignedData };

/// Takes the bytes of a ContentInfo and writes them bare, as PEM, or as an application/pkcs7-mime entity.
class MessageOutput final : public Sink {
public:
    /// Writes nothing before the first bytes of the message. `outer` are the fields that begin the header of an
    /// entity.
    MessageOutput(Sink& out, ipc::OutputForm form, SmimeType type, std::string_view outer = mime_version_field);
    void write(ByteView bytes) override;
    /// Ends the armor; `out` is not finished by it.
    void finish();

private:
    Sink& out_;
    ipc::OutputForm form_;
    std::string start_;
    std::optional<Base64Encoder> encoder_;
};

/// Writes a multipart/signed entity (RFC 8551 §3.5.3): the content as it is, then the detached signature.
class MultipartSignedOutput {
public:
    /// `micalg` as in RFC 8551 §3.5.3.2, "sha-256"; several are joined by commas. `outer` are the fields that begin
    /// the header. Writes the header.
    MultipartSignedOutput(Sink& out, const std::string& micalg, std::string_view outer = mime_version_field);

    /// Takes the content, a MIME entity with canonical line ends.
    Sink& content() { return out_; }
    /// Writes the signature part, DER of the ContentInfo, and the end.
    void finish(ByteView signature);

private:
    Sink& out_;
    std::string boundary_;
};

}  // namespace cardseal::cms
