// SPDX-License-Identifier: LGPL-2.1-or-later
// Other people's certificates, for people and for programs.
#include <nlohmann/json.hpp>

#include "command/report.hpp"
#include "command/report_line.hpp"
#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

using Json = nlohmann::ordered_json;

std::string listed(const std::vector<std::string>& texts) { return texts.empty() ? "" : join(texts); }

std::string describe(const StoredCertificate& certificate, const Palette& palette) {
    std::string text =
        palette.heading(printable(certificate.addresses.empty() ? certificate.subject : join(certificate.addresses))) +
        "\n";
    text += line("certificate", certificate.fingerprint);
    text += line("subject", certificate.subject);
    text += line("issuer", certificate.issuer);
    text += line("serial", certificate.serial);
    text += line("key", certificate.key_algorithm + " " + std::to_string(certificate.key_bits));
    text += line("valid", format_time(certificate.not_before) + " to " + format_time(certificate.not_after));
    text += line("for", join(certificate.usages));
    text += line("chain", certificate.chain, certificate.chain == "trusted" ? palette.good : palette.unsure);
    text += certificate.reason.empty() ? line("encrypt", "can be encrypted to")
                                       : line("encrypt", "NO: " + certificate.reason, palette.bad);
    text += line("reads", listed(certificate.capabilities));
    return text + line("from", "the " + certificate.source + "'s folder, seen " + format_time(certificate.seen));
}

Json json_of(const StoredCertificate& certificate) {
    return {{"fingerprint", certificate.fingerprint},
            {"addresses", certificate.addresses},
            {"subject", certificate.subject},
            {"issuer", certificate.issuer},
            {"serial", certificate.serial},
            {"key_algorithm", certificate.key_algorithm},
            {"key_bits", certificate.key_bits},
            {"not_before", format_time(certificate.not_before)},
            {"not_after", format_time(certificate.not_after)},
            {"usages", certificate.usages},
            {"chain", certificate.chain},
            {"reason", certificate.reason},
            {"capabilities", certificate.capabilities},
            {"source", certificate.source},
            {"seen", format_time(certificate.seen)},
            {"certificate", certificate_pem(certificate.certificate)}};
}

}  // namespace

std::string describe(const std::vector<StoredCertificate>& certificates, const Palette& palette) {
    std::string text;
    for (const auto& certificate : certificates) text += (text.empty() ? "" : "\n") + describe(certificate, palette);
    return text;
}

std::string describe_with_pem(const std::vector<StoredCertificate>& certificates, const Palette& palette) {
    std::string text;
    for (const auto& certificate : certificates)
        text += (text.empty() ? "" : "\n") + describe(certificate, palette) + certificate_pem(certificate.certificate);
    return text;
}

std::string to_json(const std::vector<StoredCertificate>& certificates) {
    auto array = Json::array();
    for (const auto& certificate : certificates) array.push_back(json_of(certificate));
    return Json{{"certificates", array}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cardseal::client
