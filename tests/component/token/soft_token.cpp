// SPDX-License-Identifier: LGPL-2.1-or-later
// SoftHSM tokens in a temporary folder of their own.
#include "soft_token.hpp"

#include <dlfcn.h>
#include <openssl/core_names.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "test_keys.hpp"
#include "token/certificate_facts.hpp"
#include "token/objects.hpp"
#include "token/return_values.hpp"
#include "token/token.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

namespace {

CK_BYTE* bytes_in(const char* text) { return reinterpret_cast<CK_BYTE*>(const_cast<char*>(text)); }

/// SoftHSM in this process, initialised for one folder while it lives.
class Softhsm {
public:
    explicit Softhsm(const std::filesystem::path& configuration) {
        setenv("SOFTHSM2_CONF", configuration.c_str(), 1);
        void* library = dlopen(softhsm_path().c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!library) throw Error(ErrorCode::Internal, "SoftHSM is not installed");
        const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        get_list(&functions_);
        require_ok("C_Initialize", functions_->C_Initialize(nullptr));
    }
    Softhsm(const Softhsm&) = delete;
    Softhsm& operator=(const Softhsm&) = delete;
    ~Softhsm() { functions_->C_Finalize(nullptr); }

    const CK_FUNCTION_LIST& functions() const { return *functions_; }
    CK_FUNCTION_LIST* operator->() const { return functions_; }

private:
    CK_FUNCTION_LIST* functions_ = nullptr;
};

CK_SESSION_HANDLE make_token(const Softhsm& softhsm, const std::string& label) {
    std::array<CK_SLOT_ID, 64> slots;
    CK_ULONG count = slots.size();
    require_ok("C_GetSlotList", softhsm->C_GetSlotList(CK_TRUE, slots.data(), &count));
    // SoftHSM always shows one slot more, with a token that is not initialised, as the last one.
    const auto slot = slots[count - 1];
    std::string padded = label;
    padded.resize(32, ' ');
    require_ok("C_InitToken", softhsm->C_InitToken(slot, bytes_in(security_officer_pin), 8, bytes_in(padded.c_str())));
    CK_SESSION_HANDLE session = 0;
    require_ok("C_OpenSession",
               softhsm->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session));
    require_ok("C_Login", softhsm->C_Login(session, CKU_SO, bytes_in(security_officer_pin), 8));
    require_ok("C_InitPIN", softhsm->C_InitPIN(session, bytes_in(test_pin), sizeof test_pin - 1));
    require_ok("C_Logout", softhsm->C_Logout(session));
    require_ok("C_Login", softhsm->C_Login(session, CKU_USER, bytes_in(test_pin), sizeof test_pin - 1));
    return session;
}

/// A session with the token of that label, logged in.
CK_SESSION_HANDLE open_token(const Softhsm& softhsm, const std::string& label) {
    std::array<CK_SLOT_ID, 64> slots;
    CK_ULONG count = slots.size();
    require_ok("C_GetSlotList", softhsm->C_GetSlotList(CK_TRUE, slots.data(), &count));
    for (const auto slot : std::span(slots).first(count)) {
        CK_TOKEN_INFO info{};
        require_ok("C_GetTokenInfo", softhsm->C_GetTokenInfo(slot, &info));
        if (description_of(info).label != label) continue;
        CK_SESSION_HANDLE session = 0;
        require_ok("C_OpenSession", softhsm->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session));
        require_ok("C_Login", softhsm->C_Login(session, CKU_USER, bytes_in(test_pin), sizeof test_pin - 1));
        return session;
    }
    throw Error(ErrorCode::TokenAbsent, label);
}

/// Attributes that own their values.
class Template {
public:
    Template& add(CK_ATTRIBUTE_TYPE type, Bytes value) {
        values_.emplace_back(type, std::move(value));
        return *this;
    }
    template <class Value>
    Template& add_value(CK_ATTRIBUTE_TYPE type, Value value) {
        const auto* start = reinterpret_cast<const uint8_t*>(&value);
        return add(type, Bytes(start, start + sizeof value));
    }
    void create(const Softhsm& softhsm, CK_SESSION_HANDLE session) {
        std::vector<CK_ATTRIBUTE> attributes;
        for (auto& [type, value] : values_) attributes.push_back({type, value.data(), value.size()});
        CK_OBJECT_HANDLE object = 0;
        require_ok("C_CreateObject", softhsm->C_CreateObject(session, attributes.data(), attributes.size(), &object));
    }

private:
    std::vector<std::pair<CK_ATTRIBUTE_TYPE, Bytes>> values_;
};

Bytes number_of(EVP_PKEY* key, const char* name, size_t size = 0) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw openssl_error(ErrorCode::Internal, "no such parameter");
    const Owned<BIGNUM, BN_free> owner(number);
    Bytes bytes(std::max(size, static_cast<size_t>(BN_num_bytes(number))));
    BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

void add_rsa(Template& object, EVP_PKEY* key, CK_BBOOL recovers) {
    object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_RSA)
        .add_value<CK_BBOOL>(CKA_DECRYPT, recovers)
        .add(CKA_MODULUS, number_of(key, OSSL_PKEY_PARAM_RSA_N))
        .add(CKA_PUBLIC_EXPONENT, number_of(key, OSSL_PKEY_PARAM_RSA_E))
        .add(CKA_PRIVATE_EXPONENT, number_of(key, OSSL_PKEY_PARAM_RSA_D))
        .add(CKA_PRIME_1, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1))
        .add(CKA_PRIME_2, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2))
        .add(CKA_EXPONENT_1, number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1))
        .add(CKA_EXPONENT_2, number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2))
        .add(CKA_COEFFICIENT, number_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
}

/// The named curve's OBJECT IDENTIFIER.
Bytes curve_parameters(EVP_PKEY* key) {
    char group[64];
    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr);
    const auto* identifier = OBJ_nid2obj(OBJ_sn2nid(group));
    Bytes encoded(static_cast<size_t>(i2d_ASN1_OBJECT(identifier, nullptr)));
    auto* position = encoded.data();
    i2d_ASN1_OBJECT(identifier, &position);
    return encoded;
}

void add_ec(Template& object, EVP_PKEY* key, CK_BBOOL recovers) {
    const auto size = (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
    object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_EC)
        .add_value<CK_BBOOL>(CKA_DERIVE, recovers)
        .add(CKA_EC_PARAMS, curve_parameters(key))
        .add(CKA_VALUE, number_of(key, OSSL_PKEY_PARAM_PRIV_KEY, size));
}

Bytes raw_private_key(EVP_PKEY* key) {
    Bytes value(32);
    auto size = value.size();
    EVP_PKEY_get_raw_private_key(key, value.data(), &size);
    return value;
}

void add_ed25519(Template& object, EVP_PKEY* key) {
    object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_EC_EDWARDS)
        .add(CKA_EC_PARAMS, {0x06, 0x03, 0x2b, 0x65, 0x70})
        .add(CKA_VALUE, raw_private_key(key));
}

/// SoftHSM knows no CKK_EC_MONTGOMERY: it takes the curve's key as an Edwards one.
void add_x25519(Template& object, EVP_PKEY* key) {
    object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_EC_EDWARDS)
        .add_value<CK_BBOOL>(CKA_DERIVE, CK_TRUE)
        .add(CKA_EC_PARAMS, {0x06, 0x03, 0x2b, 0x65, 0x6e})
        .add(CKA_VALUE, raw_private_key(key));
}

void add_private_key(const Softhsm& softhsm, CK_SESSION_HANDLE session, const Content& content, const Bytes& id) {
    auto* key = test_key(content.key).key.get();
    const CK_BBOOL signs = content.allowed != Allowed::Recovery ? CK_TRUE : CK_FALSE;
    const CK_BBOOL recovers = content.allowed != Allowed::Signatures ? CK_TRUE : CK_FALSE;
    Template object;
    object.add_value<CK_OBJECT_CLASS>(CKA_CLASS, CKO_PRIVATE_KEY)
        .add_value<CK_BBOOL>(CKA_TOKEN, CK_TRUE)
        .add_value<CK_BBOOL>(CKA_PRIVATE, CK_TRUE)
        .add_value<CK_BBOOL>(CKA_SENSITIVE, CK_TRUE)
        .add_value<CK_BBOOL>(CKA_SIGN, signs)
        .add_value<CK_BBOOL>(CKA_ALWAYS_AUTHENTICATE, content.pin_wanted == PinWanted::EachUse ? CK_TRUE : CK_FALSE)
        .add(CKA_ID, id);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) add_rsa(object, key, recovers);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) add_ec(object, key, recovers);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) add_ed25519(object, key);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_X25519) add_x25519(object, key);
    object.create(softhsm, session);
}

Bytes octet_string(const Bytes& content) {
    Bytes encoded{0x04};
    if (content.size() > 0x7f) encoded.push_back(0x81);
    encoded.push_back(static_cast<uint8_t>(content.size()));
    encoded.insert(encoded.end(), content.begin(), content.end());
    return encoded;
}

/// As PKCS#11 has it: the point in an OCTET STRING.
Bytes curve_point(EVP_PKEY* key) {
    Bytes point(133);
    size_t size = point.size();
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1)
        throw openssl_error(ErrorCode::Internal, "no such parameter");
    point.resize(size);
    return octet_string(point);
}

void add_public_key(const Softhsm& softhsm, CK_SESSION_HANDLE session, const std::string& name, const Bytes& id) {
    auto* key = test_key(name).key.get();
    Template object;
    object.add_value<CK_OBJECT_CLASS>(CKA_CLASS, CKO_PUBLIC_KEY)
        .add_value<CK_BBOOL>(CKA_TOKEN, CK_TRUE)
        .add_value<CK_BBOOL>(CKA_PRIVATE, CK_FALSE)
        .add(CKA_LABEL, to_bytes(bytes_of(name)))
        .add(CKA_ID, id);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_RSA)
            .add(CKA_MODULUS, number_of(key, OSSL_PKEY_PARAM_RSA_N))
            .add(CKA_PUBLIC_EXPONENT, number_of(key, OSSL_PKEY_PARAM_RSA_E));
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_EC)
            .add(CKA_EC_PARAMS, curve_parameters(key))
            .add(CKA_EC_POINT, curve_point(key));
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
        object.add_value<CK_KEY_TYPE>(CKA_KEY_TYPE, CKK_EC_EDWARDS)
            .add(CKA_EC_PARAMS, {0x06, 0x03, 0x2b, 0x65, 0x70})
            .add(CKA_EC_POINT, curve_point(key));
    object.create(softhsm, session);
}

void add_certificate(const Softhsm& softhsm, CK_SESSION_HANDLE session, const std::string& name, const Bytes& id) {
    auto* certificate = test_key(name).certificate.get();
    uint8_t* subject = nullptr;
    const auto size = i2d_X509_NAME(X509_get_subject_name(certificate), &subject);
    Template object;
    object.add_value<CK_OBJECT_CLASS>(CKA_CLASS, CKO_CERTIFICATE)
        .add_value<CK_CERTIFICATE_TYPE>(CKA_CERTIFICATE_TYPE, CKC_X_509)
        .add_value<CK_BBOOL>(CKA_TOKEN, CK_TRUE)
        .add_value<CK_BBOOL>(CKA_PRIVATE, CK_FALSE)
        .add(CKA_SUBJECT, Bytes(subject, subject + size))
        .add(CKA_LABEL, to_bytes(bytes_of(name)))
        .add(CKA_ID, id)
        .add(CKA_VALUE, der_of(certificate));
    OPENSSL_free(subject);
    object.create(softhsm, session);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "cardseal-token-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw_errno(ErrorCode::Internal, "cannot make a folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

SoftTokens::SoftTokens() {
    std::filesystem::create_directory(folder() / "tokens");
    std::ofstream(configuration()) << "directories.tokendir = " << (folder() / "tokens").string()
                                   << "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n";
}

void SoftTokens::add(const std::string& label, const std::vector<Content>& contents) {
    const Softhsm softhsm(configuration());
    const auto session = make_token(softhsm, label);
    uint8_t number = 0;
    for (const auto& content : contents) {
        const Bytes id{++number};
        if (!content.key.empty()) add_private_key(softhsm, session, content, id);
        if (!content.certificate.empty()) add_certificate(softhsm, session, content.certificate, id);
        if (!content.public_key.empty()) add_public_key(softhsm, session, content.public_key, id);
    }
}

void SoftTokens::add(const std::string& label, const std::vector<std::string>& names) {
    std::vector<Content> contents;
    for (const auto& name : names) contents.push_back({name, name});
    add(label, contents);
}

std::vector<SoftTokens::PrivateKeyFlags> SoftTokens::private_key_flags(const std::string& label) const {
    const Softhsm softhsm(configuration());
    const auto session = open_token(softhsm, label);
    std::vector<CK_OBJECT_HANDLE> handles;
    require_ok("C_FindObjects", find_objects(softhsm.functions(), session, CKO_PRIVATE_KEY, handles));
    std::vector<PrivateKeyFlags> keys;
    for (const auto handle : handles) {
        constexpr auto wanted = std::to_array<WantedAttribute>({{CKA_KEY_TYPE, sizeof(CK_KEY_TYPE)},
                                                                {CKA_PRIVATE, 1},
                                                                {CKA_SENSITIVE, 1},
                                                                {CKA_EXTRACTABLE, 1},
                                                                {CKA_SIGN, 1},
                                                                {CKA_DECRYPT, 1},
                                                                {CKA_DERIVE, 1}});
        std::vector<Bytes> values;
        require_ok("C_GetAttributeValue", read_attributes(softhsm.functions(), session, handle, wanted, values));
        const auto is = [&](size_t index) { return values.at(index) == Bytes{1}; };
        keys.push_back({value_of(values.at(0), CK_KEY_TYPE{0}), is(1), is(2), is(3), is(4), is(5) || is(6)});
    }
    return keys;
}

void SoftTokens::remove_all() {
    std::filesystem::remove_all(folder() / "tokens");
    std::filesystem::create_directory(folder() / "tokens");
}

std::string softhsm_path() {
    for (const char* path : {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"})
        if (std::filesystem::exists(path)) return path;
    throw Error(ErrorCode::Internal, "SoftHSM is not installed");
}

}  // namespace cardseal::token
