// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the daemon for programs.
#include <nlohmann/json.hpp>

#include "command/report.hpp"
#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

using Json = nlohmann::ordered_json;

Json time_json(uint64_t seconds) { return seconds ? Json(format_time(seconds)) : Json(nullptr); }

Json chain_json(const std::vector<std::vector<uint8_t>>& chain) {
    auto certificates = Json::array();
    for (const auto& certificate : chain) certificates.push_back(certificate_pem(certificate));
    return certificates;
}

Json json_of(const Key& key) {
    return {{"key", key.id},
            {"token", key.token},
            {"token_uri", key.token_uri},
            {"uri", key.uri},
            {"label", key.label},
            {"algorithm", key.algorithm},
            {"bits", key.bits},
            {"curve", key.curve},
            {"usages", key.usages},
            {"fingerprint", key.fingerprint},
            {"subject", key.subject},
            {"addresses", key.addresses},
            {"not_before", time_json(key.not_before)},
            {"not_after", time_json(key.not_after)},
            {"logged_in", key.logged_in},
            {"always_authenticate", key.always_authenticate},
            {"verdict", key.verdict},
            {"verdict_reason", key.verdict_reason},
            {"certificate", key.certificate.empty() ? Json(nullptr) : Json(certificate_pem(key.certificate))},
            {"chain", chain_json(key.chain)}};
}

Json json_of(const Token& token) {
    return {{"label", token.label},
            {"uri", token.uri},
            {"manufacturer", token.manufacturer},
            {"model", token.model},
            {"serial", token.serial},
            {"authentication", token.authentication},
            {"pin_state", token.pin_state},
            {"logged_in", token.logged_in},
            {"keys", token.keys}};
}

Json json_of(const Reader& reader) {
    return {{"description", reader.description}, {"token", reader.token}, {"initialised", reader.initialised}};
}

Json json_of(const Signer& signer) {
    return {{"valid", signer.valid},
            {"signature", signer.signature},
            {"chain", signer.chain},
            {"reason", signer.reason},
            {"fingerprint", signer.fingerprint},
            {"subject", signer.subject},
            {"addresses", signer.addresses},
            {"signing_time", time_json(signer.signing_time)},
            {"digest_algorithm", signer.digest_algorithm},
            {"signature_algorithm", signer.signature_algorithm},
            {"revocation", signer.revocation},
            {"revocation_reason", signer.revocation_reason},
            {"weaknesses", signer.weaknesses},
            {"address_match", signer.address_match},
            {"key_algorithm", signer.key_algorithm},
            {"key_bits", signer.key_bits},
            {"certificate", signer.certificate.empty() ? Json(nullptr) : Json(certificate_pem(signer.certificate))}};
}

Json json_of(const Header& header) { return {{"name", header.name}, {"value", header.value}}; }
Json json_of(const Part& part) {
    return {{"path", part.path},           {"media_type", part.media_type}, {"kind", part.kind},
            {"file_name", part.file_name}, {"bytes", part.bytes},           {"covered", part.covered}};
}

Json json_of(const Module& module);
Json json_of(const Layer& layer);

template <class Item>
Json array_of(const std::vector<Item>& items) {
    auto array = Json::array();
    for (const auto& item : items) array.push_back(json_of(item));
    return array;
}

Json json_of(const Module& module) {
    return {{"path", module.path},
            {"state", module.state},
            {"message", module.message},
            {"tokens", array_of(module.tokens)},
            {"readers", array_of(module.readers)}};
}

Json json_of(const Verification& verification) {
    return {{"valid", verification.valid},
            {"signers", array_of(verification.signers)},
            {"headers", array_of(verification.headers)},
            {"parts", array_of(verification.parts)}};
}

Json json_of(const Decryption& decryption) {
    return {{"content_cipher", decryption.content_cipher},
            {"integrity", decryption.integrity},
            {"key", decryption.key},
            {"notes", decryption.notes},
            {"headers", array_of(decryption.headers)},
            {"parts", array_of(decryption.parts)}};
}

Json json_of(const Transfer& transfer) { return {{"bytes_in", transfer.bytes_in}, {"bytes_out", transfer.bytes_out}}; }

Json json_of(const Layer& layer) {
    constexpr const char* kinds[] = {"signed", "enveloped", "compressed"};  // in the order of the variant
    Json json{{"kind", kinds[layer.result.index()]}, {"part", layer.part}};
    json.update(std::visit([](const auto& result) { return json_of(result); }, layer.result));
    return json;
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string to_json(const std::vector<Key>& keys) { return text_of({{"keys", array_of(keys)}}); }

std::string to_json(const Status& status) {
    return text_of({{"version", status.version},
                    {"configuration", status.configuration},
                    {"pinentry", status.pinentry},
                    {"jobs", status.jobs},
                    {"landlock", status.landlock},
                    {"logind", status.logind},
                    {"modules", array_of(status.modules)}});
}

std::string to_json(const Verification& verification) { return text_of(json_of(verification)); }

std::string to_json(const Decryption& decryption) { return text_of(json_of(decryption)); }

std::string to_json(const GeneratedKey& key) { return text_of({{"key", key.id}, {"uri", key.uri}}); }

std::string to_json(const StoredOnToken& result) {
    return text_of(
        {{"key", result.key}, {"token", result.token}, {"stored", result.stored}, {"present", result.present}});
}

std::string fingerprints_to_json(const std::vector<std::string>& fingerprints) {
    return text_of({{"fingerprints", fingerprints}});
}

std::string to_json(const Layers& layers) {
    return text_of({{"opened", layers.content.has_value()}, {"layers", array_of(layers.layers)}});
}

}  // namespace cardseal::client
