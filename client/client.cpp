// SPDX-License-Identifier: LGPL-2.1-or-later
// The public calls of the library.
#include "connection.hpp"

// Generated glue comes after the header above.
#include "cardseal.hpp"
#include "job.hpp"
#include "monitor.hpp"
#include "org.cardseal.Cardseal1-proxy.hpp"
#include "org.cardseal.CardsealControl1-proxy.hpp"
#include "wire.hpp"

namespace cardseal::client {

Client::Client() : connection_(std::make_unique<Connection>()) {}

Client::~Client() = default;

std::vector<Key> Client::list(const KeyFilter& filter, const Watch& watch) {
    using Found = std::vector<sdbus::Struct<std::string, Fields>>;
    const auto found = connection_->call<Found>(connection_->programs(), org::cardseal::Cardseal1_proxy::INTERFACE_NAME,
                                                "FindKeys", watch, wire_filter(filter));
    std::vector<Key> keys;
    for (const auto& entry : found) keys.push_back(read_key(std::get<0>(entry), std::get<1>(entry)));
    return keys;
}

Status Client::status(const Watch& watch) {
    return read_status(connection_->call<Fields>(
        connection_->control(), org::cardseal::CardsealControl1_proxy::INTERFACE_NAME, "GetStatus", watch));
}

void Client::monitor(const std::function<void(const Event& event)>& told, const Watch& watch) {
    const Monitor monitor(*connection_, told, watch);
    for (;;) {
        if (connection_->turn(watch.cancel_descriptor) == Turn::Cancelled)
            throw failure(ErrorCode::Cancelled, "cancelled");
        if (connection_->daemon_lost()) throw failure(ErrorCode::DaemonUnreachable, "the daemon has ended");
    }
}

Transfer Client::sign(const std::vector<std::string>& keys, int input, int output, const SignOptions& options,
                      const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_transfer(job.run("StartSign", watch, keys, wire_descriptor(input, "input"),
                                 wire_descriptor(output, "output"), wire_options(options, token)));
}

Verification Client::verify(int input, const VerifyOptions& options, const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_verification(
        job.run("StartVerify", watch, wire_descriptor(input, "input"), wire_options(options, token)));
}

Transfer Client::encrypt(const std::vector<std::vector<uint8_t>>& recipients, int input, int output,
                         const EncryptOptions& options, const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_transfer(job.run("StartEncrypt", watch, recipients, wire_descriptor(input, "input"),
                                 wire_descriptor(output, "output"), wire_options(options, token)));
}

Decryption Client::decrypt(int input, int output, const DecryptOptions& options, const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_decryption(job.run("StartDecrypt", watch, wire_descriptor(input, "input"),
                                   wire_descriptor(output, "output"), wire_options(options, token)));
}

Transfer Client::decompress(int input, int output, const DecompressOptions& options, const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_transfer(job.run("StartDecompress", watch, wire_descriptor(input, "input"),
                                 wire_descriptor(output, "output"), wire_options(options, token)));
}

std::vector<StoredCertificate> Client::certificates(const CertificateFilter& filter, const Watch& watch) {
    using Found = std::vector<sdbus::Struct<std::string, Fields>>;
    const auto found = connection_->call<Found>(connection_->programs(), org::cardseal::Cardseal1_proxy::INTERFACE_NAME,
                                                "FindCertificates", watch, wire_filter(filter));
    std::vector<StoredCertificate> certificates;
    for (const auto& entry : found) certificates.push_back(read_certificate(std::get<0>(entry), std::get<1>(entry)));
    return certificates;
}

std::vector<std::string> Client::import_certificates(const std::vector<uint8_t>& file, const Watch& watch) {
    return connection_->call<std::vector<std::string>>(connection_->control(),
                                                       org::cardseal::CardsealControl1_proxy::INTERFACE_NAME,
                                                       "ImportCertificates", watch, file);
}

void Client::remove_certificate(const std::string& fingerprint, const Watch& watch) {
    connection_->call(connection_->control(), org::cardseal::CardsealControl1_proxy::INTERFACE_NAME,
                      "RemoveCertificate", watch, fingerprint);
}

void Client::unlock(const std::string& token, const Prompt& prompt, const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    job.run("StartUnlock", watch, token, wire_options(prompt, handle_token));
}

void Client::change_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    job.run("StartChangePin", watch, token, wire_options(prompt, handle_token));
}

void Client::unblock_pin(const std::string& token, const Prompt& prompt, const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    job.run("StartUnblockPin", watch, token, wire_options(prompt, handle_token));
}

GeneratedKey Client::generate_key(const std::string& token, const GenerateOptions& options, const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    return read_generated_key(job.run("StartGenerateKey", watch, token, wire_options(options, handle_token)));
}

std::vector<uint8_t> Client::request_certificate(const std::string& key, const RequestOptions& options,
                                                 const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    return read_certificate_request(
        job.run("StartRequestCertificate", watch, key, wire_options(options, handle_token)));
}

StoredOnToken Client::store_certificate(const std::vector<uint8_t>& file, const StoreOptions& options,
                                        const Watch& watch) {
    const auto handle_token = connection_->next_handle_token();
    Job job(*connection_, Service::Control, handle_token);
    return read_stored_on_token(job.run("StartStoreCertificate", watch, file, wire_options(options, handle_token)));
}

void Client::lock(const Watch& watch) {
    connection_->call(connection_->control(), org::cardseal::CardsealControl1_proxy::INTERFACE_NAME, "Lock", watch);
}

void Client::lock(const std::string& token, const Watch& watch) {
    connection_->call(connection_->control(), org::cardseal::CardsealControl1_proxy::INTERFACE_NAME, "LockToken", watch,
                      token);
}

Inspection Client::inspect(int input, const InspectOptions& options, const Watch& watch) {
    const auto token = connection_->next_handle_token();
    Job job(*connection_, Service::Programs, token);
    return read_inspection(
        job.run("StartInspect", watch, wire_descriptor(input, "input"), wire_options(options, token)));
}

}  // namespace cardseal::client
