// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the daemon for people.
#include <algorithm>

#include "command/encoded_words.hpp"
#include "command/report.hpp"
#include "command/report_line.hpp"
#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

constexpr size_t shown_of_key_id = 23;  // "sha256:" and 16 digits

std::string token_of(const Key& key) { return key.token + (key.logged_in ? " (logged in)" : ""); }

std::string verdict_of(const Key& key) {
    return key.verdict_reason.empty() ? key.verdict : key.verdict + " (" + key.verdict_reason + ")";
}

/// One that has no certificate yet.
std::string describe_bare(const Key& key, const Palette& palette) {
    std::string text = palette.heading(printable(key.label.empty() ? "a key" : key.label)) + ": no certificate yet\n";
    text += line("key", key.id);
    text += line("kind", kind_of(key));
    text += line("token", token_of(key));
    return text + line("next", "cardseal request --email ADDRESS " + key.id.substr(0, shown_of_key_id));
}

std::string describe(const Key& key, const Palette& palette) {
    if (key.certificate.empty()) return describe_bare(key, palette);
    std::string text = palette.heading(printable(key.addresses.empty() ? key.subject : join(key.addresses))) + "\n";
    text += line("key", key.id);
    text += line("kind", kind_of(key));
    text += line("can", join(key.usages));
    text += line("subject", key.subject);
    text += line("valid", format_time(key.not_before) + " to " + format_time(key.not_after));
    text += line("certificate", key.fingerprint);
    text += line("chain", verdict_of(key));
    text += line("token", token_of(key));
    return text + line("label", key.label);
}

std::string login_of(const Token& token) {
    std::string login = token.logged_in ? "logged in" : "logged out";
    if (token.authentication == "none") login = "not needed";
    if (token.authentication == "pinpad") login += ", PIN pad";
    if (token.pin_state == "count-low") login += ", wrong PINs were entered";
    if (token.pin_state == "final-try") login += ", one PIN try left";
    if (token.pin_state == "locked") login += ", PIN locked";
    return login;
}

std::string describe(const Token& token, const Palette& palette) {
    std::string text = "  " + palette.heading("token " + printable(token.label)) + "\n";
    text += line("made by", token.manufacturer + " " + token.model);
    text += line("serial", token.serial);
    text += line("login", login_of(token));
    text += line("keys", std::to_string(token.keys));
    return text + line("uri", token.uri);
}

std::string describe(const Reader& reader) {
    const std::string content = !reader.token ? "empty" : reader.initialised ? "token" : "token, not initialised";
    return "  reader " + printable(reader.description) + ": " + content + "\n";
}

std::string describe(const Module& module, const Palette& palette) {
    std::string text = palette.heading("module " + printable(module.path)) + ": " + printable(module.state);
    if (!module.message.empty()) text += " (" + printable(module.message) + ")";
    text += "\n";
    if (module.tokens.empty() && module.message.empty()) text += "  no token\n";
    for (const auto& token : module.tokens) text += describe(token, palette);
    for (const auto& reader : module.readers) text += describe(reader);
    return text;
}

bool has_parts(const Part& outer, const std::vector<Part>& parts) {
    return outer.path.empty()
               ? parts.size() > 1
               : std::ranges::any_of(parts, [&](const Part& part) { return part.path.starts_with(outer.path + "."); });
}

std::string lower(std::string text) {
    for (auto& character : text)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
    return text;
}

/// OpenSSL's names of NIST's curves are X9.62's and SEC's.
std::string known_as(const std::string& curve) {
    if (curve == "prime256v1") return "P-256";
    if (curve == "secp384r1") return "P-384";
    return curve == "secp521r1" ? "P-521" : curve;
}

}  // namespace

std::string kind_of(const Key& key) {
    std::string kind = upper(key.algorithm);
    if (!key.curve.empty()) return kind + " " + known_as(key.curve);
    return key.bits ? kind + " " + std::to_string(key.bits) : kind;
}

std::string describe(const std::vector<Key>& keys, const Palette& palette) {
    std::string text;
    for (const auto& key : keys) text += (text.empty() ? "" : "\n") + describe(key, palette);
    return text;
}

std::string describe(const Status& status, const Palette& palette) {
    std::string text = palette.heading("cardseald " + printable(status.version)) + "\n";
    text += line("config", status.configuration.empty() ? "none (defaults)" : status.configuration);
    text += line("pinentry", status.pinentry);
    text += line("jobs", std::to_string(status.jobs));
    if (status.modules.empty()) text += "no PKCS#11 module is configured\n";
    for (const auto& module : status.modules) text += describe(module, palette);
    return text;
}

std::string describe_uncovered(const std::vector<Part>& parts, const std::string& what) {
    std::string text;
    for (const auto& part : parts) {
        if (part.covered || has_parts(part, parts)) continue;
        text += "part " + printable(part.path) + " " + printable(part.media_type);
        if (!part.file_name.empty()) text += " (" + printable(part.file_name) + ")";
        text += ": not " + what + "\n";
    }
    return text;
}

std::string describe(const std::vector<Header>& headers) {
    std::string text;
    for (const auto& header : headers) {
        const auto name = lower(header.name);
        if (name == "from" || name == "sender" || name == "to" || name == "cc" || name == "subject" || name == "date")
            text += "protected " + name + ": " + printable(decode_encoded_words(header.value)) + "\n";
    }
    return text;
}

std::string describe(const Layer& layer, size_t number, const Palette& palette) {
    auto title = "layer " + std::to_string(number);
    if (!layer.part.empty()) title += ", part " + printable(layer.part);
    title = palette.heading(title);
    if (const auto* verification = std::get_if<Verification>(&layer.result))
        return title + ": signed\n" + describe(*verification, palette);
    if (std::holds_alternative<Transfer>(layer.result)) return title + ": compressed\n";
    const auto& decryption = std::get<Decryption>(layer.result);
    std::string notes;
    for (const auto& note : decryption.notes) notes += line("note", note);
    const std::string checked =
        decryption.integrity == "aead" ? "checked" : "none: it may have been changed on its way";
    return title + ": encrypted\n" + line("cipher", decryption.content_cipher) + line("integrity", checked) +
           line("key", decryption.key) + notes + describe(decryption.headers) +
           describe_uncovered(decryption.parts, "encrypted");
}

std::string describe(const Error& error, const Palette& palette) {
    return palette.bad("cardseal: " + error.name()) + ": " + printable(error.message()) + "\n" +
           palette.heading("next") + ": " + error.hint() + "\n";
}

}  // namespace cardseal::client
