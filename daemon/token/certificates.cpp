// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates that a session sees.
#include "token/certificates.hpp"

#include <openssl/err.h>

#include "ipc/token_messages.hpp"
#include "token/objects.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

namespace {

constexpr WantedAttribute wanted[] = {{CKA_VALUE, ipc::max_certificate}, {CKA_ID, 256}, {CKA_LABEL, 256}};

CK_RV read_certificate(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                       std::vector<FoundCertificate>& found) {
    std::vector<Bytes> values;
    const auto result = read_attributes(functions, session, object, wanted, values);
    if (result != CKR_OK) return result;
    const auto& der = values[0];
    const auto* position = der.data();
    Certificate certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
    ERR_clear_error();
    if (certificate) found.push_back({std::move(certificate), std::move(values[1]), clean_padded_text(values[2])});
    return CKR_OK;
}

}  // namespace

CK_RV find_certificates(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                        std::vector<FoundCertificate>& found) {
    std::vector<CK_OBJECT_HANDLE> handles;
    auto result = find_objects(functions, session, CKO_CERTIFICATE, handles);
    for (size_t i = 0; result == CKR_OK && i < handles.size(); ++i)
        result = read_certificate(functions, session, handles[i], found);
    return result;
}

}  // namespace cardseal::token
