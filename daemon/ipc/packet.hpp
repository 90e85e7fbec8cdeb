// SPDX-License-Identifier: LGPL-2.1-or-later
// Packet: one message on a channel: header, encoded fields, descriptors. And the list of all message types.
#pragma once

#include <vector>

#include "base/file_descriptor.hpp"
#include "ipc/codec.hpp"

namespace cardseal::ipc {

inline constexpr uint16_t protocol_version = 1;

enum class MessageType : uint16_t {
    // answers, both kinds of channel
    Done,
    Failure,
    // broker -> token worker (token_messages.hpp)
    ListTokens,
    Login,
    Logout,
    TokenSignAttributes,
    TokenUnwrapContentKey,
    TokenAgreeKey,
    ShowNotice,
    Confirm,
    ChangePin,
    UnblockPin,
    // broker -> token worker (token_care_messages.hpp)
    GenerateKey,
    TokenSignCertificateRequest,
    ReadCertificateFile,
    StoreCertificate,
    // token worker -> broker
    SlotFound,
    TokenFound,
    KeyFound,
    LoginEnded,
    CertificateRequest,
    CertificateFileRead,
    CertificateStored,
    TokensChanged,
    // broker -> CMS worker (job_messages.hpp)
    SignJob,
    VerifyJob,
    EncryptJob,
    DecryptJob,
    DecompressJob,
    CertificatesJob,
    InspectJob,
    // CMS worker -> broker
    SignAttributes,
    ChooseRecipient,
    UnwrapContentKey,
    AgreeKey,
    OpenSpool,
    Progress,
    Learned,
    CertificateFound,
    CertificateJudged,
    Finished,
    // answers with content
    Signature,
    SymmetricKey,
    ChosenRecipient,
    SpoolFile,
    // broker <-> zygote (zygote_messages.hpp)
    Fork,
    Forked,
    ChildExited,
    Retire,
};

/// The fixed start of each packet, 24 bytes.
struct Header {
    uint16_t version = protocol_version;
    MessageType type = MessageType::Done;
    uint32_t request = 0;      ///< chosen by who asks; an answer repeats it
    JobId job = {};            ///< 0: of no job
    uint32_t deadline_ms = 0;  ///< how long the asker will wait, from sending; 0 in answers
    uint32_t reserved = 0;

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(version);
        codec.choice(type, MessageType::Retire);
        codec.number(request);
        codec.number(job.value);
        codec.number(deadline_ms);
        codec.number(reserved);
    }
};

inline constexpr size_t header_size = 24;
inline constexpr size_t max_descriptors = 8;

/// Wipes its payload when it goes: it may have held a content key.
struct Packet {
    Header header;
    Bytes payload;
    std::vector<FileDescriptor> descriptors;

    Packet() = default;
    Packet(Packet&&) noexcept = default;
    Packet& operator=(Packet&&) noexcept = default;
    Packet(const Packet&) = delete;
    Packet& operator=(const Packet&) = delete;
    ~Packet();
};

/// An answer that says no.
struct Failure {
    ErrorCode code = ErrorCode::Internal;
    std::string message;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(code, ErrorCode::DaemonUnreachable);
        codec.text(message, 4096);
    }
};

/// A message without fields.
struct Empty {
    template <class Codec>
    void fields(Codec&) {}
};

}  // namespace cardseal::ipc
