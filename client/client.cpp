// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls for content that descriptors read and take.
#include "connection.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include "cardseal.hpp"
#include "job.hpp"

namespace cardseal::client {

Client::Client() : connection_(std::make_unique<Connection>()) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Connection& Client::connected() {
    try {
        connection_->start_afresh();
    } catch (const Error&) {  // the bus has gone, and may have come back
        connection_ = std::make_unique<Connection>();
    }
    return *connection_;
}

Transfer Client::sign(const std::vector<std::string>& keys, int input, int output, const SignOptions& options,
                      const Watch& watch) {
    return run_job<Transfer>(connected(), Service::Programs, "StartSign", watch, options, keys,
                             wire_descriptor(input, "input"), wire_descriptor(output, "output"));
}

Verification Client::verify(int input, const VerifyOptions& options, const Watch& watch) {
    return run_job<Verification>(connected(), Service::Programs, "StartVerify", watch, options,
                                 wire_descriptor(input, "input"));
}

Transfer Client::encrypt(const std::vector<std::vector<uint8_t>>& recipients, int input, int output,
                         const EncryptOptions& options, const Watch& watch) {
    return run_job<Transfer>(connected(), Service::Programs, "StartEncrypt", watch, options, recipients,
                             wire_descriptor(input, "input"), wire_descriptor(output, "output"));
}

Decryption Client::decrypt(int input, int output, const DecryptOptions& options, const Watch& watch) {
    return run_job<Decryption>(connected(), Service::Programs, "StartDecrypt", watch, options,
                               wire_descriptor(input, "input"), wire_descriptor(output, "output"));
}

Transfer Client::decompress(int input, int output, const DecompressOptions& options, const Watch& watch) {
    return run_job<Transfer>(connected(), Service::Programs, "StartDecompress", watch, options,
                             wire_descriptor(input, "input"), wire_descriptor(output, "output"));
}

Inspection Client::inspect(int input, const InspectOptions& options, const Watch& watch) {
    return run_job<Inspection>(connected(), Service::Programs, "StartInspect", watch, options,
                               wire_descriptor(input, "input"));
}

}  // namespace cardseal::client
