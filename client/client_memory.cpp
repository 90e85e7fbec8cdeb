// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls for content in memory: those for descriptors, with memory files.
#include "memory_file.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include "cardseal.hpp"

namespace cardseal::client {

std::vector<uint8_t> Client::sign(const std::vector<std::string>& keys, std::span<const uint8_t> content,
                                  const SignOptions& options, const Watch& watch) {
    const auto input = MemoryFile::holding(content);
    const MemoryFile output;
    sign(keys, input.descriptor(), output.descriptor(), options, watch);
    return output.content();
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
    const auto input = MemoryFile::holding(content);
    const MemoryFile output;
    encrypt(recipients, input.descriptor(), output.descriptor(), options, watch);
    return output.content();
}

Decryption Client::decrypt(std::span<const uint8_t> message, const DecryptOptions& options, const Watch& watch) {
    const auto input = MemoryFile::holding(message);
    const MemoryFile output;
    auto decryption = decrypt(input.descriptor(), output.descriptor(), options, watch);
    decryption.content = output.content();
    return decryption;
}

std::vector<uint8_t> Client::decompress(std::span<const uint8_t> message, const DecompressOptions& options,
                                        const Watch& watch) {
    const auto input = MemoryFile::holding(message);
    const MemoryFile output;
    decompress(input.descriptor(), output.descriptor(), options, watch);
    return output.content();
}

Inspection Client::inspect(std::span<const uint8_t> message, const InspectOptions& options, const Watch& watch) {
    return inspect(MemoryFile::holding(message).descriptor(), options, watch);
}

}  // namespace cardseal::client
