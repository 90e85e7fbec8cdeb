// SPDX-License-Identifier: LGPL-2.1-or-later
// The maps (a{sv}) in which results, keys, tokens and modules go over the bus.
#include "broker/result_maps.hpp"

#include <algorithm>

#include "broker/bus_text.hpp"

namespace cardseal::broker {

namespace {

template <class Value>
sdbus::Variant variant(const Value& value) {
    return sdbus::Variant(value);
}

sdbus::Variant variant(const std::string& text) { return sdbus::Variant(bus_text(text)); }

sdbus::Variant variant(const std::vector<std::string>& texts) {
    std::vector<std::string> safe;
    std::ranges::transform(texts, std::back_inserter(safe), bus_text);
    return sdbus::Variant(safe);
}

sdbus::Variant variant(const std::vector<ipc::HeaderText>& headers) {
    std::vector<sdbus::Struct<std::string, std::string>> pairs;
    for (const auto& header : headers) pairs.emplace_back(bus_text(header.name), bus_text(header.value));
    return sdbus::Variant(pairs);
}

std::string text(ipc::ChainVerdict verdict) {
    constexpr const char* words[] = {"trusted", "untrusted", "expired", "revoked", "unknown"};
    return words[static_cast<size_t>(verdict)];
}

std::string text(ipc::RevocationVerdict verdict) {
    constexpr const char* words[] = {"good", "revoked", "unknown"};
    return words[static_cast<size_t>(verdict)];
}

std::string text(ipc::AddressMatch match) {
    constexpr const char* words[] = {"match", "mismatch", "unchecked"};
    return words[static_cast<size_t>(match)];
}

std::string text(ipc::PartKind kind) {
    constexpr const char* words[] = {"plain", "signed", "enveloped", "compressed", "certificates"};
    return words[static_cast<size_t>(kind)];
}

ResultMap part_map(const ipc::PartReport& part) {
    return {{"path", variant(part.path)},
            {"media_type", variant(part.media_type)},
            {"kind", variant(text(part.kind))},
            {"file_name", variant(part.file_name)},
            {"bytes", variant(part.bytes)}};
}

ResultMap covered_part_map(const ipc::PartReport& part) {
    auto map = part_map(part);
    map.emplace("covered", variant(part.covered));
    return map;
}

ResultMap signer_map(const ipc::SignerReport& signer) {
    const std::string signature = signer.signature == ipc::SignatureVerdict::Good ? "good" : "bad";
    return {{"valid", variant(signer.valid)},
            {"signature", variant(signature)},
            {"chain", variant(text(signer.chain))},
            {"reason", variant(signer.reason)},
            {"fingerprint", variant(signer.fingerprint)},
            {"subject", variant(signer.subject)},
            {"addresses", variant(signer.addresses)},
            {"signing_time", variant(signer.signing_time)},
            {"digest_algorithm", variant(signer.digest_algorithm)},
            {"signature_algorithm", variant(signer.signature_algorithm)},
            {"revocation", variant(text(signer.revocation))},
            {"revocation_reason", variant(signer.revocation_reason)},
            {"weaknesses", variant(signer.weaknesses)},
            {"address_match", variant(text(signer.address_match))},
            {"key_algorithm", variant(signer.key_algorithm)},
            {"key_bits", variant(signer.key_bits)},
            {"certificate", variant(signer.certificate)}};
}

template <class Item, class Function>
std::vector<ResultMap> maps(const std::vector<Item>& items, Function function) {
    std::vector<ResultMap> result;
    std::ranges::transform(items, std::back_inserter(result), function);
    return result;
}

ResultMap token_map(const TokenModule& module, const ipc::TokenFound& token) {
    return {{"label", variant(token.label)},
            {"uri", variant(token.id.value)},
            {"manufacturer", variant(token.manufacturer)},
            {"model", variant(token.model)},
            {"serial", variant(token.serial)},
            {"authentication", variant(word_of(token.authentication))},
            {"pin_state", variant(word_of(token.pin_state))},
            {"logged_in", variant(token.logged_in)},
            {"keys", variant(module.key_count(token))}};
}

ResultMap reader_map(const ipc::SlotFound& slot) {
    return {{"description", variant(slot.description)},
            {"token", variant(slot.has_token)},
            {"initialised", variant(slot.token_initialised)}};
}

}  // namespace

std::string word_of(KeyType type) {
    constexpr const char* words[] = {"rsa", "ec", "ed25519", "x25519"};
    return words[static_cast<size_t>(type)];
}

std::string word_of(ipc::Authentication authentication) {
    constexpr const char* words[] = {"none", "pin", "pinpad"};
    return words[static_cast<size_t>(authentication)];
}

std::string word_of(ipc::PinState state) {
    constexpr const char* words[] = {"normal", "count-low", "final-try", "locked"};
    return words[static_cast<size_t>(state)];
}

std::vector<std::string> usages_of(const ipc::KeyFound& key) {
    std::vector<std::string> usages;
    if (key.may_sign) usages.emplace_back("sign");
    if (key.may_decrypt) usages.emplace_back("decrypt");
    return usages;
}

ResultMap result_map(const JobResult& result) {
    if (result.kind == JobKind::Unlock || result.kind == JobKind::Pin) return {};
    if (result.kind == JobKind::GenerateKey) return {{"key", variant(result.key)}, {"uri", variant(result.uri)}};
    if (result.kind == JobKind::RequestCertificate)
        return {{"key", variant(result.key)}, {"request", variant(result.certificate_request)}};
    if (result.kind == JobKind::StoreCertificate)
        return {{"key", variant(result.key)},
                {"token", variant(result.token)},
                {"stored", variant(result.stored.stored)},
                {"present", variant(result.stored.present)}};
    const auto& finished = result.finished;
    ResultMap map{{"bytes_in", variant(finished.bytes_in)}};
    const bool is_of_message = result.kind != JobKind::Sign && result.kind != JobKind::Encrypt;
    const auto describe_part = result.kind == JobKind::Inspect ? part_map : covered_part_map;
    if (is_of_message) map.emplace("parts", variant(maps(finished.parts, describe_part)));
    if (result.kind == JobKind::Inspect) return map;
    if (result.kind == JobKind::Verify) {
        map.emplace("valid", variant(finished.valid));
        map.emplace("signers", variant(maps(finished.signers, signer_map)));
        map.emplace("headers", variant(finished.headers));
        return map;
    }
    map.emplace("bytes_out", variant(finished.bytes_out));
    if (result.kind == JobKind::Sign || result.kind == JobKind::Decompress) return map;
    map.emplace("content_cipher", variant(finished.content_cipher));
    if (result.kind == JobKind::Encrypt) {
        map.emplace("recipients", variant(finished.recipients));
        map.emplace("transports", variant(finished.transports));
        return map;
    }
    const std::string integrity = finished.integrity == ipc::Integrity::Aead ? "aead" : "none";
    map.emplace("integrity", variant(integrity));
    map.emplace("key", variant(result.key));
    map.emplace("certificate", variant(result.certificate));
    map.emplace("headers", variant(finished.headers));
    map.emplace("notes", variant(result.notes));
    return map;
}

ResultMap key_map(const PresentKey& present) {
    const auto& key = *present.key;
    return {{"token", variant(present.token->label)},
            {"token_uri", variant(present.token->id.value)},
            {"uri", variant(key.uri)},
            {"label", variant(key.label)},
            {"algorithm", variant(word_of(key.type))},
            {"bits", variant(key.bits)},
            {"curve", variant(key.curve)},
            {"usages", variant(usages_of(key))},
            {"certificate", variant(key.certificate)},
            {"chain", variant(key.chain)},
            {"fingerprint", variant(key.fingerprint)},
            {"subject", variant(key.subject)},
            {"addresses", variant(key.addresses)},
            {"not_before", variant(key.not_before)},
            {"not_after", variant(key.not_after)},
            {"logged_in", variant(is_open(*present.token))},
            {"always_authenticate", variant(key.always_authenticate)}};
}

void add_verdict(ResultMap& key, const ipc::CertificateJudged& judged) {
    key.emplace("verdict", variant(text(judged.chain)));
    key.emplace("verdict_reason", variant(judged.reason));
}

ResultMap certificate_map(const ipc::CertificateFound& certificate) {
    const std::string source = certificate.source == ipc::CertificateSource::User ? "user" : "system";
    return {{"certificate", variant(certificate.certificate)},
            {"subject", variant(certificate.subject)},
            {"issuer", variant(certificate.issuer)},
            {"serial", variant(certificate.serial)},
            {"addresses", variant(certificate.addresses)},
            {"not_before", variant(certificate.not_before)},
            {"not_after", variant(certificate.not_after)},
            {"key_algorithm", variant(certificate.key_algorithm)},
            {"key_bits", variant(certificate.key_bits)},
            {"usages", variant(certificate.usages)},
            {"source", variant(source)},
            {"chain", variant(text(certificate.chain))},
            {"reason", variant(certificate.reason)},
            {"capabilities", variant(certificate.capabilities)},
            {"seen", variant(certificate.seen)}};
}

ResultMap module_map(const TokenModule& module) {
    const std::string state = module.failure().empty() ? "running" : "failed";
    const auto tokens = maps(module.listing().tokens, [&](const auto& token) { return token_map(module, token); });
    return {{"path", variant(module.path())},
            {"state", variant(state)},
            {"message", variant(module.failure())},
            {"tokens", variant(tokens)},
            {"readers", variant(maps(module.listing().slots, reader_map))}};
}

}  // namespace cardseal::broker
