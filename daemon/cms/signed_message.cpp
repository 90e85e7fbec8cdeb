// SPDX-License-Identifier: LGPL-2.1-or-later
// SignedMessage: the ContentInfo with SignedData (RFC 5652 §5.1) that a sign job writes, around a content or without.
#include "cms/signed_message.hpp"

#include <openssl/objects.h>
#include <algorithm>

#include "cms/signature_algorithm.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_sequence = 0x30, tag_set = 0x31, tag_context_0 = 0xa0;
constexpr uint8_t version_1[] = {0x02, 0x01, 0x01};

void add_once(std::vector<Bytes>& items, Bytes item) {
    if (!std::ranges::count(items, item)) items.push_back(std::move(item));
}

Bytes joined(ByteView left, ByteView right) {
    auto all = to_bytes(left);
    all.insert(all.end(), right.begin(), right.end());
    return all;
}

/// X.690 §11.6: in ascending order of their encodings.
Bytes set_of(uint8_t tag, std::vector<Bytes> items) {
    std::ranges::sort(items);
    Bytes all;
    for (const auto& item : items) all.insert(all.end(), item.begin(), item.end());
    return der_value(tag, all);
}

Bytes object_identifier(int nid) { return encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(nid)); }

}  // namespace

void SignedMessage::add_digest(Digest digest) {
    add_once(digests_, encoded<i2d_X509_ALGOR>(make_digest_algorithm(digest).get()));
}

void SignedMessage::add_certificate(Bytes der) { add_once(certificates_, std::move(der)); }

void SignedMessage::add_signer_info(Bytes der) { signer_infos_.push_back(std::move(der)); }

Bytes SignedMessage::before_content() const { return joined(version_1, set_of(tag_set, digests_)); }

Bytes SignedMessage::after_content() const {
    const auto certificates = certificates_.empty() ? Bytes() : set_of(tag_context_0, certificates_);
    return joined(certificates, set_of(tag_set, signer_infos_));
}

Bytes SignedMessage::detached() const {
    const auto encapsulated = der_value(tag_sequence, object_identifier(NID_pkcs7_data));
    const auto fields = joined(joined(before_content(), encapsulated), after_content());
    const auto content = der_value(tag_context_0, der_value(tag_sequence, fields));
    return der_value(tag_sequence, joined(object_identifier(NID_pkcs7_signed), content));
}

std::vector<BerLayer> SignedMessage::layers() const {
    return {{tag_sequence, object_identifier(NID_pkcs7_signed)},
            {tag_context_0, {}},
            {tag_sequence, before_content()},
            {tag_sequence, object_identifier(NID_pkcs7_data)},
            {tag_context_0, {}}};
}

std::vector<Bytes> SignedMessage::after() const { return {{}, {}, after_content(), {}, {}}; }

}  // namespace cardseal::cms
