// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys, tokens, addresses, certificates and parts of a mail that the daemon knows, as words of a command line.
#include "command/known_values.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "command/input_file.hpp"
#include "command/report.hpp"
#include "command/text.hpp"

namespace cardseal::client {

namespace {

using Words = std::vector<std::string>;

std::vector<Candidate> keys(Client& client, const Words&, const Watch& watch) {
    KeyFilter filter;
    filter.certificate = "any";
    std::vector<Candidate> addresses, ids;
    for (const auto& key : client.list(filter, watch)) {
        const auto text = kind_of(key) + " on " + key.token;
        for (const auto& address : key.addresses) addresses.push_back({address, text});
        ids.push_back({key.id, key.addresses.empty() ? key.label : join(key.addresses)});
    }
    addresses.insert(addresses.end(), ids.begin(), ids.end());
    return addresses;
}

std::vector<Candidate> tokens(Client& client, const Words&, const Watch& watch) {
    std::vector<Candidate> labels;
    for (const auto& module : client.status(watch).modules)
        for (const auto& token : module.tokens) {
            const bool is_known = std::ranges::find(labels, token.label, &Candidate::word) != labels.end();
            labels.push_back({is_known ? token.serial : token.label,
                              token.manufacturer + " " + token.model + ", serial " + token.serial});
        }
    return labels;
}

std::vector<Candidate> addresses(Client& client, const Words&, const Watch& watch) {
    std::vector<Candidate> candidates;
    for (const auto& certificate : client.certificates({}, watch))
        for (const auto& address : certificate.addresses) candidates.push_back({address, certificate.subject});
    return candidates;
}

std::vector<Candidate> fingerprints(Client& client, const Words&, const Watch& watch) {
    std::vector<Candidate> candidates;
    for (const auto& certificate : client.certificates({}, watch))
        candidates.push_back({certificate.fingerprint,
                              certificate.addresses.empty() ? certificate.subject : join(certificate.addresses)});
    return candidates;
}

std::vector<Candidate> parts(Client& client, const Words& words, const Watch& watch) {
    if (words.empty() || !std::filesystem::is_regular_file(words.back())) return {};  // reading a pipe would wait
    const InputFile mail(words.back());
    std::vector<Candidate> candidates;
    for (const auto& part : client.inspect(mail.descriptor(), {}, watch).parts)
        if (!part.path.empty()) candidates.push_back({part.path, part.media_type + " " + part.file_name});
    return candidates;
}

}  // namespace

std::vector<Candidate> known_values(const std::string& value, const Words& words, const Watch& watch) {
    using Find = std::vector<Candidate> (*)(Client&, const Words&, const Watch&);
    constexpr std::pair<const char*, Find> sources[] = {{"KEY", keys},
                                                        {"TOKEN", tokens},
                                                        {"ADDRESS", addresses},
                                                        {"RECIPIENT", addresses},
                                                        {"FINGERPRINT", fingerprints},
                                                        {"PATH", parts}};
    for (const auto& [word, find] : sources) {
        if (word != value) continue;
        Client client;
        return find(client, words, watch);
    }
    return {};
}

}  // namespace cardseal::client
