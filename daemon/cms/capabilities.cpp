// SPDX-License-Identifier: LGPL-2.1-or-later
// Capabilities: what a signer said that its owner's program reads (SMIMECapabilities, RFC 8551 §2.5.2).
#include "cms/capabilities.hpp"

#include <openssl/objects.h>
#include <algorithm>
#include <array>

#include "cms/recipient_writer.hpp"

namespace cardseal::cms {

namespace {

constexpr size_t most_names = 32;

// A capability is an AlgorithmIdentifier by another name.
using AlgorithmsPointer =
    Owned<X509_ALGORS, [](X509_ALGORS* algorithms) { sk_X509_ALGOR_pop_free(algorithms, X509_ALGOR_free); }>;

struct Name {
    int nid;
    const char* text;
};

constexpr auto names = std::to_array<Name>({{NID_aes_256_gcm, "aes-256-gcm"},
                                            {NID_aes_192_gcm, "aes-192-gcm"},
                                            {NID_aes_128_gcm, "aes-128-gcm"},
                                            {NID_aes_256_cbc, "aes-256-cbc"},
                                            {NID_aes_192_cbc, "aes-192-cbc"},
                                            {NID_aes_128_cbc, "aes-128-cbc"},
                                            {NID_des_ede3_cbc, "3des-cbc"},
                                            {NID_rsaesOaep, "rsa-oaep"}});

std::string name_of_capability(const X509_ALGOR* capability) {
    const int nid = OBJ_obj2nid(capability->algorithm);
    const auto known = std::ranges::find(names, nid, &Name::nid);
    const auto text = known != names.end() ? std::string(known->text) : dotted(capability->algorithm);
    return text.substr(0, 64);
}

bool is_our_oaep(X509_ALGOR* capability) {
    if (OBJ_obj2nid(capability->algorithm) != NID_rsaesOaep) return false;
    return !capability->parameter || encoded<i2d_X509_ALGOR>(capability) == oaep_identifier();
}

}  // namespace

Capabilities read_capabilities(ByteView der) {
    Capabilities result;
    const auto* position = der.data();
    const AlgorithmsPointer list(d2i_X509_ALGORS(nullptr, &position, static_cast<long>(der.size())));
    forget_openssl_errors();
    for (int i = 0; i < sk_X509_ALGOR_num(list.get()); ++i) {
        auto* capability = sk_X509_ALGOR_value(list.get(), i);
        if (result.names.size() < most_names) result.names.push_back(name_of_capability(capability));
        result.aes_256_gcm |= OBJ_obj2nid(capability->algorithm) == NID_aes_256_gcm;
        result.oaep |= is_our_oaep(capability);
    }
    return result;
}

}  // namespace cardseal::cms
