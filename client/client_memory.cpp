// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls for content in memory: those for descriptors, with memory files.
#include "memory_file.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include "cardseal.hpp"

namespace cardseal::client {

namespace {

/// What `call` makes of the content; it is given the descriptors of both.
template <class Call>
std::vector<uint8_t> output_of(std::span<const uint8_t> content, const Call& call) {
    const auto input = MemoryFile::holding(content);
    const MemoryFile output;
    call(input.descriptor(), output.descriptor());
    return output.content();
}

}  // namespace

std::vector<uint8_t> Client::sign(const std::vector<std::string>& keys, std::span<const uint8_t> content,
                                  const SignOptions& options, const Watch& watch) {
    return output_of(content, [&](int input, int output) { sign(keys, input, output, options, watch); });
}

Verification Client::verify(std::span<const uint8_t> message, const VerifyOptions& options, const Watch& watch) {
    const auto input = MemoryFile::holding(message);
    if (options.content >= 0 || options.output >= 0) return verify(input.descriptor(), options, watch);

    const MemoryFile output;
    auto with_output = options;
    with_output.output = output.descriptor();
    auto verification = verify(input.descriptor(), with_output, watch);
    verification.content = output.content();
    return verification;
}

Verification Client::verify_detached(std::span<const uint8_t> signature, std::span<const uint8_t> content,
                                     const VerifyOptions& options, const Watch& watch) {
    const auto signed_content = MemoryFile::holding(content);
    auto with_content = options;
    with_content.content = signed_content.descriptor();
    return verify(signature, with_content, watch);
}

std::vector<uint8_t> Client::encrypt(const std::vector<std::vector<uint8_t>>& recipients,
                                     std::span<const uint8_t> content, const EncryptOptions& options,
                                     const Watch& watch) {
    return output_of(content, [&](int input, int output) { encrypt(recipients, input, output, options, watch); });
}

Decryption Client::decrypt(std::span<const uint8_t> message, const DecryptOptions& options, const Watch& watch) {
    Decryption decryption;
    auto content =
        output_of(message, [&](int input, int output) { decryption = decrypt(input, output, options, watch); });
    decryption.content = std::move(content);
    return decryption;
}

std::vector<uint8_t> Client::decompress(std::span<const uint8_t> message, const DecompressOptions& options,
                                        const Watch& watch) {
    return output_of(message, [&](int input, int output) { decompress(input, output, options, watch); });
}

Inspection Client::inspect(std::span<const uint8_t> message, const InspectOptions& options, const Watch& watch) {
    return inspect(MemoryFile::holding(message).descriptor(), options, watch);
}

}  // namespace cardseal::client
