// SPDX-License-Identifier: LGPL-2.1-or-later
// ControlObject: the interface for the person, org.cardseal.CardsealControl1.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/job_objects.hpp"
#include "broker/logind.hpp"
#include "broker/token_objects.hpp"
#include "org.cardseal.CardsealControl1-adaptor.hpp"

namespace cardseal::broker {

class ControlObject final
    : public sdbus::AdaptorInterfaces<org::cardseal::CardsealControl1_adaptor, sdbus::ObjectManager_adaptor> {
public:
    ControlObject(sdbus::IConnection& connection, EventLoop& loop, const Configuration& configuration,
                  const Logind& logind, TokenModules& modules, Jobs& jobs, Audit& audit,
                  const UserCertificates& user_certificates);
    ControlObject(const ControlObject&) = delete;
    ControlObject& operator=(const ControlObject&) = delete;
    ~ControlObject();

private:
    using CertificatesImported = sdbus::Result<std::vector<std::string>>;
    using StatusTold = sdbus::Result<std::map<std::string, sdbus::Variant>>;

    void GetStatus(StatusTold&& result) override;
    void Lock(sdbus::Result<>&& result) override;
    void LockToken(sdbus::Result<>&& result, std::string token) override;
    void StartUnlock(JobStarted&& result, std::string token, OptionMap options) override;
    void StartChangePin(JobStarted&& result, std::string token, OptionMap options) override;
    void StartUnblockPin(JobStarted&& result, std::string token, OptionMap options) override;
    void start_pin_job(const JobStarted& result, std::string token, OptionMap options, PinRenewal renewal);
    void StartGenerateKey(JobStarted&& result, std::string token, OptionMap options) override;
    void StartRequestCertificate(JobStarted&& result, std::string key, OptionMap options) override;
    void StartStoreCertificate(JobStarted&& result, std::vector<uint8_t> file, OptionMap options) override;
    void ImportCertificates(CertificatesImported&& result, std::vector<uint8_t> file) override;
    void RemoveCertificate(const std::string& fingerprint) override;
    std::map<std::string, sdbus::Variant> status() const;
    std::string caller() const;

    const Configuration& configuration_;
    const Logind& logind_;
    TokenModules& modules_;
    Jobs& jobs_;
    const UserCertificates& user_certificates_;
    JobObjects job_objects_;
    TokenObjects token_objects_;
};

}  // namespace cardseal::broker
