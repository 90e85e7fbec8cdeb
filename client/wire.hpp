// SPDX-License-Identifier: LGPL-2.1-or-later
// Options as the maps that the interface takes, and the interface's maps as results.
#pragma once

#include <string>

#include "cardseal.hpp"
#include "job.hpp"

namespace cardseal::client {

Fields wire_options(const SignOptions& options, const std::string& handle_token);
Fields wire_options(const DecryptOptions& options, const std::string& handle_token);
Fields wire_options(const DecompressOptions& options, const std::string& handle_token);
Fields wire_options(const VerifyOptions& options, const std::string& handle_token);
Fields wire_options(const EncryptOptions& options, const std::string& handle_token);
Fields wire_options(const InspectOptions& options, const std::string& handle_token);
Fields wire_options(const GenerateOptions& options, const std::string& handle_token);
Fields wire_options(const RequestOptions& options, const std::string& handle_token);
Fields wire_options(const StoreOptions& options, const std::string& handle_token);
Fields wire_options(const Prompt& prompt, const std::string& handle_token);
Fields wire_filter(const KeyFilter& filter);
Fields wire_filter(const CertificateFilter& filter);

/// A descriptor for a message of the bus; InvalidArgs naming `what` if it is not open.
sdbus::UnixFd wire_descriptor(int descriptor, const std::string& what);

/// Each throws Internal if a member has not the type that the interface describes. A member that is absent (an older
/// daemon) keeps its default.
Transfer read_transfer(const Fields& fields);
Decryption read_decryption(const Fields& fields);
Verification read_verification(const Fields& fields);
Inspection read_inspection(const Fields& fields);
GeneratedKey read_generated_key(const Fields& fields);
std::vector<uint8_t> read_certificate_request(const Fields& fields);
StoredOnToken read_stored_on_token(const Fields& fields);
Key read_key(const std::string& id, const Fields& fields);
StoredCertificate read_certificate(const std::string& fingerprint, const Fields& fields);
Status read_status(const Fields& fields);

}  // namespace cardseal::client
