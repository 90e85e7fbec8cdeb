// SPDX-License-Identifier: LGPL-2.1-or-later
// The encrypt job: EnvelopedData (RFC 5652 §6) or AuthEnvelopedData (RFC 5083) to the certificates given, from a
// private copy of the input, so that an input that fails leaves no output.
#include <openssl/rand.h>
#include <algorithm>

#include "cms/addressees.hpp"
#include "cms/ber_writer.hpp"
#include "cms/canonical_lines.hpp"
#include "cms/content_cipher.hpp"
#include "cms/header_fields.hpp"
#include "cms/input.hpp"
#include "cms/jobs.hpp"
#include "cms/mail_header.hpp"
#include "cms/message_output.hpp"
#include "cms/output.hpp"
#include "cms/private_copy.hpp"
#include "cms/progress_meter.hpp"
#include "cms/recipient_writer.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t piece_size = 64 * 1024;

Secret random_content_key(size_t length) {
    Secret key(length);
    require(RAND_priv_bytes(key.reveal().data(), static_cast<int>(length)) == 1, ErrorCode::Internal,
            "cannot make a content-encryption key");
    return key;
}

bool is_key_agreement(const Addressee& addressee) {
    return EVP_PKEY_get_base_id(addressee.certificate.public_key()) != EVP_PKEY_RSA;
}

Bytes recipient_infos(const ipc::EncryptJob& job, const std::vector<Addressee>& addressees, const Secret& key) {
    using InfosPointer = Owned<asn1::RecipientInfos, [](asn1::RecipientInfos* infos) {
        asn1::sk_RecipientInfo_pop_free(infos, asn1::RecipientInfo_free);
    }>;
    const InfosPointer infos(asn1::sk_RecipientInfo_new_null());
    for (const auto& addressee : addressees) {
        auto info = make_recipient_info(addressee.certificate, chosen_transport(job, addressee), key);
        require(asn1::sk_RecipientInfo_push(infos.get(), info.get()) > 0, ErrorCode::Internal,
                "cannot encode the recipients");
        (void)info.release();
    }
    return encoded<asn1::encode_recipient_infos>(infos.get());
}

/// RFC 5652 §6.1: 2 as soon as one recipient is not of version 0; RFC 5083 §2.1: always 0.
Bytes version(const ContentAlgorithm& algorithm, const std::vector<Addressee>& addressees) {
    const bool two = !algorithm.aead && std::ranges::any_of(addressees, is_key_agreement);
    return {V_ASN1_INTEGER, 1, static_cast<uint8_t>(two ? 2 : 0)};
}

std::string transport_name(const ipc::EncryptJob& job, const Addressee& addressee) {
    if (is_key_agreement(addressee)) return "ecdh";
    return chosen_transport(job, addressee) == KeyTransport::Oaep ? "rsa-oaep" : "rsa-pkcs1";
}

Bytes object_identifier(int nid) { return encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(nid)); }

Bytes joined(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// ContentInfo, [0], EnvelopedData or AuthEnvelopedData, EncryptedContentInfo.
std::vector<BerLayer> layers(const ContentAlgorithm& algorithm, Bytes version, const Bytes& recipient_infos) {
    constexpr uint8_t sequence = 0x30, context_0 = 0xa0;
    const int type = algorithm.aead ? NID_id_smime_ct_authEnvelopedData : NID_pkcs7_enveloped;
    return {{sequence, object_identifier(type)},
            {context_0, {}},
            {sequence, joined(std::move(version), recipient_infos)},
            {sequence, joined(object_identifier(NID_pkcs7_data), der_of(algorithm))}};
}

/// The elements after EncryptedContentInfo: the MAC.
std::vector<Bytes> after_content(const ContentAlgorithm& algorithm, const ContentEncryptor& encryptor) {
    std::vector<Bytes> after(4);
    if (algorithm.aead) after[2] = der_value(V_ASN1_OCTET_STRING, encryptor.tag());
    return after;
}

/// What is encrypted begins with a header of its own, or has none that Cardseal reads.
EntityStart start_of(ByteView start, const ipc::EncryptJob& job) {
    if (job.input == ipc::InputKind::Mail) return divide_mail_header(start, job.header_protection);
    if (job.form != ipc::OutputForm::Smime) return {};
    try {
        return read_entity_start(start);
    } catch (const Error&) {
        // Content that is no MIME entity is the caller's own affair: it stays as it is.
        EntityStart bare;
        bare.outer = mime_version_field;
        return bare;
    }
}

struct Plaintext {
    std::unique_ptr<Source> content;
    std::string outer;  ///< the fields before those of the S/MIME entity
};

/// A MIME entity is encrypted in its canonical form, all of it or, if its body is binary, the header (RFC 8551 §3.1).
Plaintext copy_input(Input& input, const ipc::EncryptJob& job, JobLink& link, ProgressMeter& progress) {
    PrivateCopy copy([&link] { return link.open_spool(); });
    progress.set_total(input.claimed_size());
    Secret piece(largest_header);
    auto size = input.read(piece.reveal());
    const auto start = start_of(piece.reveal().first(size), job);
    const bool in_lines = !start.header.empty() && start.mime.transfer_encoding != "binary";
    copy.write(bytes_of(start.header));
    CanonicalLines lines(copy, in_lines ? UINT64_MAX : 0);
    lines.write(piece.reveal().first(size).subspan(start.mime.size));
    while ((size = input.read(piece.reveal())) > 0) {
        lines.write(piece.reveal().first(size));
        progress.read(input.bytes_read());
    }
    lines.finish();
    return {copy.finish(), start.outer};
}

template <class Tell>
void encrypt_content(const Source& content, ContentEncryptor& encryptor, Sink& out, Tell tell_progress) {
    Secret piece(piece_size);
    for (uint64_t offset = 0; offset < content.size(); offset += piece_size) {
        const auto part =
            piece.reveal().first(static_cast<size_t>(std::min<uint64_t>(piece_size, content.size() - offset)));
        content.read(offset, part);
        out.write(encryptor.update(part));
        tell_progress();
    }
    out.write(encryptor.finish());
}

}  // namespace

ipc::Finished run_encrypt(const ipc::EncryptJob& job, JobFiles files, JobLink& link) {
    if (files.size() != 6) throw Error(ErrorCode::Internal, "malformed internal message");
    refuse_same_file(files[0], files[1]);
    if (job.input == ipc::InputKind::Mail && job.form != ipc::OutputForm::Smime)
        throw Error(ErrorCode::InvalidArgs, "a mail is encrypted as S/MIME only");
    Input input(std::move(files[0]), job.origin);
    Output output(std::move(files[1]));
    ProgressMeter progress(link);
    const auto addressees = read_addressees(job, {files[2], files[3], files[4], files[5]});
    const auto algorithm = make_content_algorithm(chosen_cipher(job, addressees));
    const auto key = random_content_key(algorithm.key_length);
    const auto plaintext = copy_input(input, job, link, progress);
    const auto bytes_in = input.bytes_read();

    MessageOutput message(output, job.form, algorithm.aead ? SmimeType::AuthEnvelopedData : SmimeType::EnvelopedData,
                          plaintext.outer);
    BerWriter writer(message, layers(algorithm, version(algorithm, addressees), recipient_infos(job, addressees, key)),
                     OctetStringTag::Context0);

    ContentEncryptor encryptor(algorithm, key);
    encrypt_content(*plaintext.content, encryptor, writer, [&] { progress.written(output.bytes_written()); });
    writer.finish(after_content(algorithm, encryptor));
    message.finish();
    output.finish();

    ipc::Finished finished;
    finished.bytes_in = bytes_in;
    finished.bytes_out = output.bytes_written();
    finished.content_cipher = algorithm.name;
    for (const auto& addressee : addressees) {
        finished.recipients.push_back(addressee.certificate.fingerprint());
        finished.transports.push_back(transport_name(job, addressee));
    }
    return finished;
}

}  // namespace cardseal::cms
