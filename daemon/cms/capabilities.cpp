// SPDX-License-Identifier: LGPL-2.1-or-later
// Capabilities: what a signer said that its owner's program reads (SMIMECapabilities, RFC 8551 §2.5.2).
#include "cms/capabilities.hpp"

#include <openssl/objects.h>
#include <algorithm>
#include <array>

#include "cms/content_cipher.hpp"
#include "cms/key_agreement.hpp"
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

/// Beside the ciphers and the key agreements that are read here.
constexpr auto other_names = std::to_array<Name>({{NID_rsaesOaep, "rsa-oaep"},
                                                  {NID_rsaEncryption, "rsa-pkcs1"},
                                                  {NID_id_aes256_wrap, "aes-256-wrap"},
                                                  {NID_id_aes192_wrap, "aes-192-wrap"},
                                                  {NID_id_aes128_wrap, "aes-128-wrap"},
                                                  {NID_id_smime_alg_CMS3DESwrap, "3des-wrap"},
                                                  {NID_des_cbc, "des-cbc"},
                                                  {NID_rc2_cbc, "rc2-cbc"},
                                                  {NID_sha512, "sha512"},
                                                  {NID_sha384, "sha384"},
                                                  {NID_sha256, "sha256"},
                                                  {NID_sha1, "sha1"}});

std::string name_of(const ASN1_OBJECT* algorithm) {
    if (auto cipher = name_of_content_cipher(algorithm); !cipher.empty()) return cipher;
    if (find_agreement_scheme(algorithm)) return "ecdh";
    const auto known = std::ranges::find(other_names, OBJ_obj2nid(algorithm), &Name::nid);
    return known != other_names.end() ? known->text : dotted(algorithm).substr(0, 64);
}

/// RC2 comes once for each length of its key, OAEP for each hash.
void add_once(std::vector<std::string>& names, std::string name) {
    if (names.size() < most_names && std::ranges::count(names, name) == 0) names.push_back(std::move(name));
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
        add_once(result.names, name_of(capability->algorithm));
        result.aes_256_gcm |= OBJ_obj2nid(capability->algorithm) == NID_aes_256_gcm;
        result.oaep |= is_our_oaep(capability);
    }
    return result;
}

}  // namespace cardseal::cms
