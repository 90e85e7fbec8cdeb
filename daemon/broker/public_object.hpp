// SPDX-License-Identifier: LGPL-2.1-or-later
// PublicObject: the interface for programs, org.cardseal.Cardseal1.
//
// What crosses here, and who is believed: nobody. A call gives descriptors that are passed on unread, options that are
// checked one by one, and names of keys. Who calls is the unique bus name that the bus puts on the message.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/job_objects.hpp"
#include "org.cardseal.Cardseal1-adaptor.hpp"

namespace cardseal::broker {

class PublicObject final : public sdbus::AdaptorInterfaces<org::cardseal::Cardseal1_adaptor> {
public:
    PublicObject(sdbus::IConnection& connection, EventLoop& loop, TokenModules& modules, Jobs& jobs);
    PublicObject(const PublicObject&) = delete;
    PublicObject& operator=(const PublicObject&) = delete;
    ~PublicObject();

private:
    using InlineDone = sdbus::Result<std::vector<uint8_t>, OptionMap>;
    using CertificatesFound = sdbus::Result<std::vector<sdbus::Struct<std::string, OptionMap>>>;
    using KeysFound = sdbus::Result<std::vector<sdbus::Struct<std::string, OptionMap>>>;

    void StartSign(JobStarted&& result, std::vector<std::string> keys, sdbus::UnixFd input, sdbus::UnixFd output,
                   OptionMap options) override;
    void StartDecrypt(JobStarted&& result, sdbus::UnixFd input, sdbus::UnixFd output, OptionMap options) override;
    void StartDecompress(JobStarted&& result, sdbus::UnixFd input, sdbus::UnixFd output, OptionMap options) override;
    void StartVerify(JobStarted&& result, sdbus::UnixFd input, OptionMap options) override;
    void StartEncrypt(JobStarted&& result, std::vector<std::vector<uint8_t>> recipients, sdbus::UnixFd input,
                      sdbus::UnixFd output, OptionMap options) override;
    void StartInspect(JobStarted&& result, sdbus::UnixFd input, OptionMap options) override;
    void Sign(InlineDone&& result, std::vector<std::string> keys, std::vector<uint8_t> content,
              OptionMap options) override;
    void Decrypt(InlineDone&& result, std::vector<uint8_t> message, OptionMap options) override;
    void Verify(InlineDone&& result, std::vector<uint8_t> message, OptionMap options) override;
    void Encrypt(InlineDone&& result, std::vector<std::vector<uint8_t>> recipients, std::vector<uint8_t> content,
                 OptionMap options) override;
    void FindKeys(KeysFound&& result, OptionMap filter) override;
    void FindCertificates(CertificatesFound&& result, OptionMap filter) override;
    std::string Version() override;
    uint32_t InterfaceVersion() override;
    uint64_t InlineMax() override;

    void run_inline(InlineDone&& result, OptionMap options, std::vector<uint8_t> content, const char* instead,
                    const Decode& decode);
    /// Answers with the keys once a CMS worker has judged their certificates.
    void answer_judged(const std::shared_ptr<KeysFound>& answer, std::span<const PresentKey> keys, std::string caller);
    std::string caller() const;

    TokenModules& modules_;
    Jobs& jobs_;
    JobObjects job_objects_;
};

}  // namespace cardseal::broker
