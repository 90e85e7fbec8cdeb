// SPDX-License-Identifier: LGPL-2.1-or-later
// RecipientSearch: which known certificate is meant by an address.
#include "cms/recipient_search.hpp"

#include <algorithm>

#include "cms/text.hpp"

namespace cardseal::cms {

namespace {

// A folder that somebody has filled must not fill a worker's memory, nor make it judge chains for ever.
constexpr size_t most_candidates = 16, most_authorities = 256;
constexpr size_t longest_message = 4000;

bool became_valid_later(const FolderCertificate& first, const FolderCertificate& second) {
    return first.certificate.not_before() > second.certificate.not_before();
}

}  // namespace

/// The certificate, or why there is none.
struct RecipientSearch::Choice {
    const FolderCertificate* certificate = nullptr;
    ErrorCode code = ErrorCode::None;
    std::string reason;
};

RecipientSearch::RecipientSearch(const std::vector<std::string>& addresses) {
    for (const auto& address : addresses) wanted_.push_back({address, {}});
}

void RecipientSearch::see(FolderCertificate known) {
    const auto addresses = known.certificate.addresses();
    for (auto& wanted : wanted_) {
        const auto same = [&](const std::string& address) { return same_without_case(address, wanted.address); };
        if (!std::ranges::any_of(addresses, same)) continue;
        ++wanted.seen;
        auto& candidates = wanted.candidates;
        candidates.insert(std::ranges::upper_bound(candidates, known, became_valid_later), known);
        if (candidates.size() > most_candidates) candidates.pop_back();
    }
    if (!known.capabilities.names.empty()) remembered_[known.certificate.fingerprint()] = std::move(known.capabilities);
    if (authorities_.size() < most_authorities && is_authority(known.certificate))
        authorities_.push_back(std::move(known.certificate));
}

RecipientSearch::Choice RecipientSearch::choose_for(const Wanted& wanted, const Trust& trust, int64_t seconds) const {
    if (wanted.candidates.empty())
        return {nullptr, ErrorCode::NoSuchCertificate, wanted.address + ": no certificate is known"};
    static const std::vector<CrlPointer> no_crls;
    const FolderCertificate* untrusted = nullptr;
    std::string reason;
    for (const auto& candidate : wanted.candidates) {
        const auto judgement = judge_recipient(candidate.certificate, trust, {authorities_, no_crls}, seconds);
        if (judgement.refusal.empty() && judgement.chain == ipc::ChainVerdict::Trusted)
            return {&candidate, ErrorCode::None, {}};
        if (judgement.refusal.empty() && !untrusted) untrusted = &candidate;
        if (reason.empty()) reason = judgement.refusal;
    }
    if (untrusted) return {untrusted, ErrorCode::None, {}};
    const auto which = wanted.seen == 1
                           ? "the only certificate cannot be used: "
                           : "none of " + std::to_string(wanted.seen) + " certificates can be used; of the newest: ";
    return {nullptr, ErrorCode::CertificateUnusable, wanted.address + ": " + which + reason};
}

std::vector<FolderCertificate> RecipientSearch::choose(const Trust& trust, int64_t seconds) const {
    std::vector<FolderCertificate> chosen;
    auto code = ErrorCode::None;
    std::string reasons;
    for (const auto& wanted : wanted_) {
        const auto choice = choose_for(wanted, trust, seconds);
        if (choice.certificate) {
            chosen.push_back(*choice.certificate);
            continue;
        }
        if (code == ErrorCode::None) code = choice.code;
        reasons += (reasons.empty() ? "" : "; ") + choice.reason;
    }
    if (code != ErrorCode::None) throw Error(code, shortened("cannot encrypt to " + reasons, longest_message));
    return chosen;
}

Capabilities RecipientSearch::capabilities_of(const Certificate& certificate) const {
    const auto found = remembered_.find(certificate.fingerprint());
    return found == remembered_.end() ? Capabilities() : found->second;
}

}  // namespace cardseal::cms
