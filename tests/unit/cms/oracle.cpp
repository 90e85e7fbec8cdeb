// SPDX-License-Identifier: LGPL-2.1-or-later
// What OpenSSL's own CMS code makes and reads, to compare with.
#include "oracle.hpp"

#include <openssl/rsa.h>

namespace cardseal::cms::test {

namespace {

using CmsPointer = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;

void check(bool good) { require(good, ErrorCode::Internal, "oracle"); }

BioPointer reader_of(ByteView bytes) {
    return BioPointer(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

}  // namespace

Bytes oracle_sign(const std::vector<OracleSigner>& signers, ByteView content, unsigned flags,
                  const char* content_type) {
    const unsigned all = CMS_BINARY | CMS_PARTIAL | flags;
    const CmsPointer message(CMS_sign(nullptr, nullptr, nullptr, nullptr, all));
    check(message != nullptr);
    if (content_type) {
        const ObjectPointer type(OBJ_txt2obj(content_type, 1));
        check(CMS_set1_eContentType(message.get(), type.get()) == 1);
    }
    for (const auto& signer : signers) {
        auto* info = CMS_add1_signer(message.get(), signer.identity->certificate.get(), signer.identity->key.get(),
                                     signer.digest, signer.flags | CMS_BINARY | (signer.pss ? CMS_KEY_PARAM : 0));
        check(info != nullptr);
        if (signer.pss)
            check(EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(info), RSA_PKCS1_PSS_PADDING) == 1);
    }
    const auto data = reader_of(content);
    check(CMS_final(message.get(), data.get(), nullptr, all) == 1);
    return encoded<i2d_CMS_ContentInfo>(message.get());
}

bool oracle_verifies(ByteView message, const Certificate& ca, std::optional<ByteView> content) {
    const auto cms = decoded<CMS_ContentInfo, CMS_ContentInfo_free, d2i_CMS_ContentInfo>(message);
    const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), ca.get());
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), now);
    BioPointer detached;
    if (content) detached = reader_of(*content);
    const BioPointer out(BIO_new(BIO_s_mem()));
    const bool good = cms && CMS_verify(cms.get(), nullptr, store.get(), detached.get(), out.get(), CMS_BINARY) == 1;
    forget_openssl_errors();
    return good;
}

}  // namespace cardseal::cms::test
