// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls about keys, tokens and certificates.
#include "connection.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include "cardseal.hpp"
#include "job.hpp"
#include "monitor.hpp"

namespace cardseal::client {

namespace {

using Found = std::vector<sdbus::Struct<std::string, Fields>>;

}  // namespace

std::vector<Key> Client::list(const KeyFilter& filter, const Watch& watch) {
    std::vector<Key> keys;
    for (const auto& found : connection_->call<Found>(Service::Programs, "FindKeys", watch, wire(filter)))
        keys.emplace_back(read_result<Key>(std::get<1>(found))).id = std::get<0>(found);
    return keys;
}

Status Client::status(const Watch& watch) {
    return read_result<Status>(connection_->call<Fields>(Service::Control, "GetStatus", watch));
}

void Client::monitor(const std::function<void(const Event& event)>& told, const Watch& watch) {
    const Monitor monitor(*connection_, told, watch);
    for (;;) {
        if (connection_->turn(watch.cancel_descriptor) == Turn::Cancelled)
            throw failure(ErrorCode::Cancelled, "cancelled");
        if (connection_->daemon_lost()) throw failure(ErrorCode::DaemonUnreachable, "the daemon has ended");
    }
}

std::vector<StoredCertificate> Client::certificates(const CertificateFilter& filter, const Watch& watch) {
    std::vector<StoredCertificate> certificates;
    for (const auto& found : connection_->call<Found>(Service::Programs, "FindCertificates", watch, wire(filter)))
        certificates.emplace_back(read_result<StoredCertificate>(std::get<1>(found))).fingerprint = std::get<0>(found);
    return certificates;
}

std::vector<std::string> Client::import_certificates(const std::vector<uint8_t>& file, const Watch& watch) {
    return connection_->call<std::vector<std::string>>(Service::Control, "ImportCertificates", watch, file);
}

void Client::remove_certificate(const std::string& fingerprint, const Watch& watch) {
    connection_->call(Service::Control, "RemoveCertificate", watch, fingerprint);
}

void Client::unlock(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(*connection_, Service::Control, "StartUnlock", watch, prompt, token);
}

void Client::change_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(*connection_, Service::Control, "StartChangePin", watch, prompt, token);
}

void Client::unblock_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(*connection_, Service::Control, "StartUnblockPin", watch, prompt, token);
}

void Client::lock(const Watch& watch) { connection_->call(Service::Control, "Lock", watch); }

void Client::lock(const std::string& token, const Watch& watch) {
    connection_->call(Service::Control, "LockToken", watch, token);
}

GeneratedKey Client::generate_key(const std::string& token, const GenerateOptions& options, const Watch& watch) {
    return run_job<GeneratedKey>(*connection_, Service::Control, "StartGenerateKey", watch, options, token);
}

std::vector<uint8_t> Client::request_certificate(const std::string& key, const RequestOptions& options,
                                                 const Watch& watch) {
    return run_job<CertificateRequest>(*connection_, Service::Control, "StartRequestCertificate", watch, options, key)
        .request;
}

StoredOnToken Client::store_certificate(const std::vector<uint8_t>& file, const StoreOptions& options,
                                        const Watch& watch) {
    return run_job<StoredOnToken>(*connection_, Service::Control, "StartStoreCertificate", watch, options, file);
}

}  // namespace cardseal::client
