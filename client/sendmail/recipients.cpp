// SPDX-License-Identifier: LGPL-2.1-or-later
// Who gets a mail, and whom of them the others must not learn of.
#include "sendmail/recipients.hpp"

#include <algorithm>

#include "failure.hpp"

namespace cardseal::client::sendmail {

namespace {

bool holds(const std::vector<std::string>& addresses, const std::string& address) {
    return std::ranges::any_of(addresses, [&](const auto& other) { return is_same_address(other, address); });
}

void add(std::vector<std::string>& addresses, const std::vector<std::string>& more) {
    for (const auto& address : more)
        if (!holds(addresses, address)) addresses.push_back(address);
}

/// "resent-" if the mail was resent, else nothing.
std::string prefix_of(const MailHeader& header) {
    const bool is_resent = header.has("resent-to") || header.has("resent-cc") || header.has("resent-bcc");
    return is_resent ? "resent-" : "";
}

}  // namespace

std::vector<std::string> Recipients::all() const {
    auto both = visible;
    both.insert(both.end(), hidden.begin(), hidden.end());
    return both;
}

Recipients recipients_of(const Envelope& envelope, const MailHeader& header) {
    const auto prefix = prefix_of(header);
    std::vector<std::string> named, everybody;
    add(named, header.addresses(prefix + "to"));
    add(named, header.addresses(prefix + "cc"));
    for (const auto& word : envelope.recipients) add(everybody, addresses_of(word));
    if (envelope.reads_header) {
        add(everybody, named);
        add(everybody, header.addresses(prefix + "bcc"));
    }
    Recipients recipients;
    for (const auto& address : everybody)
        (holds(named, address) ? recipients.visible : recipients.hidden).push_back(address);
    return recipients;
}

std::string author_of(const MailHeader& header) {
    const auto authors = header.addresses("from");
    if (authors.size() == 1) return authors.front();
    const auto senders = header.addresses("sender");
    if (senders.size() == 1) return senders.front();
    throw failure(ErrorCode::BadMessage, std::string("the mail ") + (authors.empty() ? "has no" : "has more than one") +
                                             " address in From: --key says with which key it is signed");
}

}  // namespace cardseal::client::sendmail
