// SPDX-License-Identifier: LGPL-2.1-or-later
// JobLink: the broker as a CMS worker sees it.
#include "cms/job_link.hpp"

namespace cardseal::cms {

using ipc::MessageType;

Bytes JobLink::sign_attributes(uint32_t signer, ipc::SignAttributes operation) {
    const auto answer = ask(MessageType::SignAttributes, MessageType::Signature,
                            ipc::encode(ipc::SignerAttributes{signer, std::move(operation)}));
    return ipc::decode<ipc::Signature>(answer.payload).bytes;
}

ipc::ChosenRecipient JobLink::choose_recipient(ipc::ChooseRecipient candidates) {
    const auto answer =
        ask(MessageType::ChooseRecipient, MessageType::ChosenRecipient, ipc::encode(std::move(candidates)));
    return ipc::decode<ipc::ChosenRecipient>(answer.payload);
}

static Secret secret_key(const ipc::Packet& answer) {
    auto key = ipc::decode<ipc::SymmetricKey>(answer.payload);
    auto secret = Secret::copy_of(key.bytes);
    wipe(key.bytes);
    return secret;
}

Secret JobLink::unwrap_content_key(ipc::UnwrapContentKey operation) {
    return secret_key(ask(MessageType::UnwrapContentKey, MessageType::SymmetricKey, ipc::encode(std::move(operation))));
}

Secret JobLink::agree_key(ipc::AgreeKey operation) {
    return secret_key(ask(MessageType::AgreeKey, MessageType::SymmetricKey, ipc::encode(std::move(operation))));
}

FileDescriptor JobLink::open_spool() {
    auto answer = ask(MessageType::OpenSpool, MessageType::SpoolFile, {});
    if (answer.descriptors.size() != 1) throw Error(ErrorCode::Internal, "malformed internal message");
    return std::move(answer.descriptors.front());
}

void JobLink::progress(ipc::Progress progress) {
    ipc::Header header{.type = MessageType::Progress, .job = job_};
    (void)channel_.send(header, ipc::encode(progress), {}, ipc::Waiting::Never);
}

void JobLink::learned(ipc::Learned learned) { tell(MessageType::Learned, ipc::encode(std::move(learned))); }

void JobLink::found(ipc::CertificateFound found) { tell(MessageType::CertificateFound, ipc::encode(std::move(found))); }

void JobLink::judged(ipc::CertificateJudged judged) {
    tell(MessageType::CertificateJudged, ipc::encode(std::move(judged)));
}

void JobLink::tell(MessageType type, ByteView payload) {
    if (channel_.send({.type = type, .job = job_}, payload, {}, ipc::Waiting::Block) != ipc::SendResult::Sent)
        throw Error(ErrorCode::Cancelled, "the broker is gone");
}

ipc::Packet JobLink::ask(MessageType question, MessageType answer, ByteView payload) {
    ipc::Header header{.type = question, .request = next_request_++, .job = job_};
    ipc::NoPacket reason;
    if (channel_.send(header, payload, {}, ipc::Waiting::Block) != ipc::SendResult::Sent)
        throw Error(ErrorCode::Cancelled, "the broker is gone");
    auto packet = channel_.receive(ipc::Waiting::Block, reason);
    if (!packet) throw Error(ErrorCode::Cancelled, "the broker is gone");
    if (packet->header.request != header.request) throw Error(ErrorCode::Internal, "malformed internal message");
    if (packet->header.type == MessageType::Failure) {
        auto failure = ipc::decode<ipc::Failure>(packet->payload);
        throw Error(failure.code, failure.message);
    }
    if (packet->header.type != answer) throw Error(ErrorCode::Internal, "malformed internal message");
    return std::move(*packet);
}

}  // namespace cardseal::cms
