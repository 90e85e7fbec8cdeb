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

std::vector<uint8_t> bytes_of(std::span<const uint8_t> file) { return {file.begin(), file.end()}; }

}  // namespace

std::vector<Key> Client::list(const KeyFilter& filter, const Watch& watch) {
    std::vector<Key> keys;
    for (const auto& found : connected().call<Found>(Service::Programs, "FindKeys", watch, wire(filter)))
        keys.emplace_back(read_result<Key>(std::get<1>(found))).id = std::get<0>(found);
    return keys;
}

Status Client::status(const Watch& watch) {
    return read_result<Status>(connected().call<Fields>(Service::Control, "GetStatus", watch));
}

void Client::monitor(const std::function<void(const Event& event)>& told, const Watch& watch) {
    auto& connection = connected();
    Monitor monitor(connection, watch);
    do {
        monitor.tell(told);
        if (connection.daemon_lost()) throw failure(ErrorCode::DaemonUnreachable, "the daemon has ended");
    } while (connection.turn(watch.cancel_descriptor) != Turn::Cancelled);
    throw failure(ErrorCode::Cancelled, "cancelled");
}

std::vector<StoredCertificate> Client::certificates(const CertificateFilter& filter, const Watch& watch) {
    std::vector<StoredCertificate> certificates;
    for (const auto& found : connected().call<Found>(Service::Programs, "FindCertificates", watch, wire(filter)))
        certificates.emplace_back(read_result<StoredCertificate>(std::get<1>(found))).fingerprint = std::get<0>(found);
    return certificates;
}

std::vector<std::string> Client::import_certificates(std::span<const uint8_t> file, const Watch& watch) {
    return connected().call<std::vector<std::string>>(Service::Control, "ImportCertificates", watch, bytes_of(file));
}

void Client::remove_certificate(const std::string& fingerprint, const Watch& watch) {
    connected().call(Service::Control, "RemoveCertificate", watch, fingerprint);
}

void Client::unlock(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(connected(), Service::Control, "StartUnlock", watch, prompt, token);
}

void Client::change_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(connected(), Service::Control, "StartChangePin", watch, prompt, token);
}

void Client::unblock_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    run_job<Nothing>(connected(), Service::Control, "StartUnblockPin", watch, prompt, token);
}

void Client::lock(const Watch& watch) { connected().call(Service::Control, "Lock", watch); }

void Client::lock(const std::string& token, const Watch& watch) {
    connected().call(Service::Control, "LockToken", watch, token);
}

GeneratedKey Client::generate_key(const std::string& token, const GenerateOptions& options, const Watch& watch) {
    return run_job<GeneratedKey>(connected(), Service::Control, "StartGenerateKey", watch, options, token);
}

std::vector<uint8_t> Client::request_certificate(const std::string& key, const RequestOptions& options,
                                                 const Watch& watch) {
    return run_job<CertificateRequest>(connected(), Service::Control, "StartRequestCertificate", watch, options, key)
        .request;
}

StoredOnToken Client::store_certificate(std::span<const uint8_t> file, const StoreOptions& options,
                                        const Watch& watch) {
    return run_job<StoredOnToken>(connected(), Service::Control, "StartStoreCertificate", watch, options,
                                  bytes_of(file));
}

}  // namespace cardseal::client
