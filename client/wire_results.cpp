// SPDX-License-Identifier: LGPL-2.1-or-later
// The interface's maps as results.
#include "failure.hpp"
#include "wire.hpp"
#include "wire_member.hpp"

namespace cardseal::client {

template <>
constexpr std::tuple members<Transfer>{Member{"bytes_in", &Transfer::bytes_in},
                                       Member{"bytes_out", &Transfer::bytes_out}};

template <>
constexpr std::tuple members<Part>{Member{"path", &Part::path},   Member{"media_type", &Part::media_type},
                                   Member{"kind", &Part::kind},   Member{"file_name", &Part::file_name},
                                   Member{"bytes", &Part::bytes}, Member{"covered", &Part::covered}};

template <>
constexpr std::tuple members<Inspection>{Member{"bytes_in", &Inspection::bytes_in},
                                         Member{"parts", &Inspection::parts}};

template <>
constexpr std::tuple members<Decryption>{Member{"", &Decryption::transfer},
                                         Member{"integrity", &Decryption::integrity},
                                         Member{"content_cipher", &Decryption::content_cipher},
                                         Member{"key", &Decryption::key},
                                         Member{"certificate", &Decryption::certificate},
                                         Member{"headers", &Decryption::headers},
                                         Member{"notes", &Decryption::notes},
                                         Member{"parts", &Decryption::parts}};

template <>
constexpr std::tuple members<Signer>{Member{"valid", &Signer::valid},
                                     Member{"signature", &Signer::signature},
                                     Member{"chain", &Signer::chain},
                                     Member{"reason", &Signer::reason},
                                     Member{"fingerprint", &Signer::fingerprint},
                                     Member{"subject", &Signer::subject},
                                     Member{"addresses", &Signer::addresses},
                                     Member{"signing_time", &Signer::signing_time},
                                     Member{"digest_algorithm", &Signer::digest_algorithm},
                                     Member{"signature_algorithm", &Signer::signature_algorithm},
                                     Member{"revocation", &Signer::revocation},
                                     Member{"revocation_reason", &Signer::revocation_reason},
                                     Member{"weaknesses", &Signer::weaknesses},
                                     Member{"address_match", &Signer::address_match},
                                     Member{"key_algorithm", &Signer::key_algorithm},
                                     Member{"key_bits", &Signer::key_bits},
                                     Member{"certificate", &Signer::certificate}};

template <>
constexpr std::tuple members<Verification>{Member{"valid", &Verification::valid}, Member{"", &Verification::transfer},
                                           Member{"signers", &Verification::signers},
                                           Member{"headers", &Verification::headers},
                                           Member{"parts", &Verification::parts}};

template <>
constexpr std::tuple members<Key>{Member{"token", &Key::token},
                                  Member{"token_uri", &Key::token_uri},
                                  Member{"uri", &Key::uri},
                                  Member{"label", &Key::label},
                                  Member{"algorithm", &Key::algorithm},
                                  Member{"bits", &Key::bits},
                                  Member{"curve", &Key::curve},
                                  Member{"usages", &Key::usages},
                                  Member{"certificate", &Key::certificate},
                                  Member{"chain", &Key::chain},
                                  Member{"fingerprint", &Key::fingerprint},
                                  Member{"subject", &Key::subject},
                                  Member{"addresses", &Key::addresses},
                                  Member{"not_before", &Key::not_before},
                                  Member{"not_after", &Key::not_after},
                                  Member{"logged_in", &Key::logged_in},
                                  Member{"always_authenticate", &Key::always_authenticate},
                                  Member{"verdict", &Key::verdict},
                                  Member{"verdict_reason", &Key::verdict_reason}};

template <>
constexpr std::tuple members<GeneratedKey>{Member{"key", &GeneratedKey::id}, Member{"uri", &GeneratedKey::uri}};

template <>
constexpr std::tuple members<CertificateRequest>{Member{"request", &CertificateRequest::request}};

template <>
constexpr std::tuple members<StoredOnToken>{Member{"key", &StoredOnToken::key}, Member{"token", &StoredOnToken::token},
                                            Member{"stored", &StoredOnToken::stored},
                                            Member{"present", &StoredOnToken::present}};

template <>
constexpr std::tuple members<StoredCertificate>{Member{"certificate", &StoredCertificate::certificate},
                                                Member{"subject", &StoredCertificate::subject},
                                                Member{"issuer", &StoredCertificate::issuer},
                                                Member{"serial", &StoredCertificate::serial},
                                                Member{"addresses", &StoredCertificate::addresses},
                                                Member{"not_before", &StoredCertificate::not_before},
                                                Member{"not_after", &StoredCertificate::not_after},
                                                Member{"key_algorithm", &StoredCertificate::key_algorithm},
                                                Member{"key_bits", &StoredCertificate::key_bits},
                                                Member{"usages", &StoredCertificate::usages},
                                                Member{"source", &StoredCertificate::source},
                                                Member{"chain", &StoredCertificate::chain},
                                                Member{"reason", &StoredCertificate::reason},
                                                Member{"capabilities", &StoredCertificate::capabilities},
                                                Member{"seen", &StoredCertificate::seen}};

template <>
constexpr std::tuple members<Token>{Member{"label", &Token::label},
                                    Member{"uri", &Token::uri},
                                    Member{"manufacturer", &Token::manufacturer},
                                    Member{"model", &Token::model},
                                    Member{"serial", &Token::serial},
                                    Member{"authentication", &Token::authentication},
                                    Member{"pin_state", &Token::pin_state},
                                    Member{"logged_in", &Token::logged_in},
                                    Member{"keys", &Token::keys}};

template <>
constexpr std::tuple members<Reader>{Member{"description", &Reader::description}, Member{"token", &Reader::token},
                                     Member{"initialised", &Reader::initialised}};

template <>
constexpr std::tuple members<Module>{Member{"path", &Module::path}, Member{"state", &Module::state},
                                     Member{"message", &Module::message}, Member{"tokens", &Module::tokens},
                                     Member{"readers", &Module::readers}};

template <>
constexpr std::tuple members<Status>{
    Member{"version", &Status::version},   Member{"configuration", &Status::configuration},
    Member{"pinentry", &Status::pinentry}, Member{"jobs", &Status::jobs},
    Member{"landlock", &Status::landlock}, Member{"logind", &Status::logind},
    Member{"modules", &Status::modules}};

namespace {

template <class Value>
void read(const Fields& fields, const char* name, Value& value) {
    const auto found = fields.find(name);
    if (found == fields.end()) return;
    try {
        value = found->second.get<Value>();
    } catch (const sdbus::Error&) {  // sdbus-c++'s error becomes ours
        throw failure(ErrorCode::Internal, std::string("the daemon's answer has another type of '") + name + "'");
    }
}

void read(const Fields& fields, const char* name, std::vector<Header>& headers) {
    std::vector<sdbus::Struct<std::string, std::string>> pairs;
    read(fields, name, pairs);
    for (const auto& pair : pairs) headers.push_back({std::get<0>(pair), std::get<1>(pair)});
}

template <Described Struct>
void read(const Fields& fields, const char* name, std::vector<Struct>& items);

template <Described Struct>
void read(const Fields& fields, const char*, Struct& value) {
    for_each_member<Struct>([&](const auto& member) { read(fields, member.name, value.*member.value); });
}

template <Described Struct>
void read(const Fields& fields, const char* name, std::vector<Struct>& items) {
    std::vector<Fields> maps;
    read(fields, name, maps);
    for (const auto& map : maps) read(map, "", items.emplace_back());
}

}  // namespace

template <class Result>
Result read_result(const Fields& fields) {
    Result result;
    read(fields, "", result);
    return result;
}

template <>
Nothing read_result(const Fields&) {
    return {};
}

template Transfer read_result(const Fields& fields);
template Verification read_result(const Fields& fields);
template Decryption read_result(const Fields& fields);
template Inspection read_result(const Fields& fields);
template Key read_result(const Fields& fields);
template GeneratedKey read_result(const Fields& fields);
template CertificateRequest read_result(const Fields& fields);
template StoredOnToken read_result(const Fields& fields);
template StoredCertificate read_result(const Fields& fields);
template Status read_result(const Fields& fields);

}  // namespace cardseal::client
