// SPDX-License-Identifier: LGPL-2.1-or-later
// RSAES-OAEP-params (RFC 4055 §4.1) read into a request.
#include <openssl/rsa.h>

#include "cms/recipient_reader.hpp"

namespace cardseal::cms {
namespace {

using OaepParameters = Owned<RSA_OAEP_PARAMS, RSA_OAEP_PARAMS_free>;
constexpr size_t longest_label = 256;

[[noreturn]] void refuse() {
    throw Error(ErrorCode::UnsupportedAlgorithm, "a recipient's OAEP parameters are not supported");
}

Digest digest_named(const X509_ALGOR* algorithm) {
    switch (OBJ_obj2nid(algorithm->algorithm)) {
        case NID_sha1:
            return Digest::Sha1;
        case NID_sha224:
            return Digest::Sha224;
        case NID_sha256:
            return Digest::Sha256;
        case NID_sha384:
            return Digest::Sha384;
        case NID_sha512:
            return Digest::Sha512;
        default:
            refuse();
    }
}

Digest mask_digest(const X509_ALGOR* mask_generation) {
    if (OBJ_obj2nid(mask_generation->algorithm) != NID_mgf1) refuse();
    const auto* parameter = mask_generation->parameter;
    if (!parameter || parameter->type != V_ASN1_SEQUENCE) refuse();
    const auto hash = decoded<X509_ALGOR, X509_ALGOR_free, d2i_X509_ALGOR>(view_of(parameter->value.sequence));
    if (!hash) refuse();
    return digest_named(hash.get());
}

Bytes label_of(const X509_ALGOR* source) {
    const auto* parameter = source->parameter;
    if (OBJ_obj2nid(source->algorithm) != NID_pSpecified || !parameter || parameter->type != V_ASN1_OCTET_STRING)
        refuse();
    auto label = to_bytes(view_of(parameter->value.octet_string));
    if (label.size() > longest_label) refuse();
    return label;
}

}  // namespace

void read_oaep_parameters(const X509_ALGOR* algorithm, ipc::UnwrapContentKey& request) {
    const auto* parameter = algorithm->parameter;
    if (!parameter || parameter->type != V_ASN1_SEQUENCE) refuse();
    const OaepParameters parameters =
        decoded<RSA_OAEP_PARAMS, RSA_OAEP_PARAMS_free, d2i_RSA_OAEP_PARAMS>(view_of(parameter->value.sequence));
    if (!parameters) refuse();
    request.transport = KeyTransport::Oaep;
    if (parameters->hashFunc) request.oaep_hash = digest_named(parameters->hashFunc);
    if (parameters->maskGenFunc) request.mgf_hash = mask_digest(parameters->maskGenFunc);
    if (parameters->pSourceFunc) request.oaep_label = label_of(parameters->pSourceFunc);
}

}  // namespace cardseal::cms
