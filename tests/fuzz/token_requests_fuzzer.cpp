// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer: what reaches the token worker from others: its requests, the signed attributes in them, pinentry's lines.
#include "ipc/token_care_messages.hpp"
#include "token/assuan.hpp"
#include "token/certificate_file.hpp"
#include "token/certificate_request.hpp"
#include "token/signed_attributes.hpp"

using namespace cardseal;

namespace {

template <class Message>
void decode_request(ByteView payload) {
    auto message = ipc::decode<Message>(payload);
    // What was accepted must come out the same: a message has one encoding.
    if (ipc::encode(message) != to_bytes(payload)) __builtin_trap();
}

void decode_signature_request(ByteView payload) {
    const auto request = ipc::decode<ipc::TokenSignAttributes>(payload);
    token::check_signed_attributes(request.operation.attributes, digest_size(request.operation.digest));
}

void read_pinentry_line(ByteView line) {
    ByteView rest;
    if (token::parse_assuan_line(line, rest) == token::AssuanReply::Data) {
        Secret data(64);
        size_t size = 0;
        (void)token::append_assuan_data(rest, data, size);
    }
    (void)token::assuan_error_code(rest);
    if (token::assuan_line("SETDESC", text_of(line)).size() > token::max_assuan_line + 1) __builtin_trap();
}

/// What is signed is a request for this key's certificate, whatever the fields are.
void make_certificate_request(ByteView payload) {
    static const token::Key key{{}, KeyType::Ec, {}, token::PublicKey(EVP_EC_gen("P-256")), "prime256v1"};
    const auto information =
        token::CertificateRequest(key, ipc::decode<ipc::SignCertificateRequest>(payload)).information();
    const auto* position = information.data();
    const Owned<X509_REQ_INFO, X509_REQ_INFO_free> read(
        d2i_X509_REQ_INFO(nullptr, &position, static_cast<long>(information.size())));
    if (!read || position != information.data() + information.size()) __builtin_trap();
}

constexpr void (*targets[])(ByteView) = {
    decode_request<ipc::Login>,
    decode_request<ipc::Logout>,
    decode_request<ipc::TokenSignAttributes>,
    decode_request<ipc::TokenUnwrapContentKey>,
    decode_request<ipc::TokenAgreeKey>,
    decode_signature_request,
    [](ByteView bytes) { token::check_signed_attributes(bytes, 32); },
    read_pinentry_line,
    decode_request<ipc::GenerateKey>,
    decode_request<ipc::TokenSignCertificateRequest>,
    make_certificate_request,
    decode_request<ipc::ReadCertificateFile>,
    decode_request<ipc::StoreCertificate>,
    [](ByteView bytes) { (void)token::keys_of(token::read_certificate_file(bytes)); },
    decode_request<ipc::Notice>,
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
