// SPDX-License-Identifier: LGPL-2.1-or-later
// What gpgsm tells of a certificate, in its forms: read with its own library, libksba.
#include "gpgsm/certificate.hpp"

#include <gcrypt.h>
#include <ksba.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>

namespace cardseal::gpgsm {

namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;
using OwnedText = Owned<char, ksba_free>;
using OwnedSexp = Owned<unsigned char, ksba_free>;
using OwnedCertificate = Owned<std::remove_pointer_t<ksba_cert_t>, ksba_cert_release>;
using OwnedList = Owned<std::remove_pointer_t<gcry_sexp_t>, gcry_sexp_release>;

std::string hex(std::span<const unsigned char> bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const auto byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string digest(int algorithm, std::span<const uint8_t> bytes) {
    std::vector<unsigned char> value(gcry_md_get_algo_dlen(algorithm));
    gcry_md_hash_buffer(algorithm, value.data(), bytes.data(), bytes.size());
    return hex(value);
}

OwnedList parse(const OwnedSexp& sexp) {
    gcry_sexp_t list = nullptr;
    const auto size = sexp ? gcry_sexp_canon_len(sexp.get(), 0, nullptr, nullptr) : 0;
    if (size == 0 || gcry_sexp_sscan(&list, nullptr, reinterpret_cast<const char*>(sexp.get()), size) != 0) return {};
    return OwnedList(list);
}

std::string atom(gcry_sexp_t list, int index) {
    size_t size = 0;
    const char* bytes = gcry_sexp_nth_data(list, index, &size);
    return bytes ? std::string(bytes, size) : std::string();
}

std::string serial_of(ksba_cert_t certificate) {
    const auto list = parse(OwnedSexp(ksba_cert_get_serial(certificate)));
    const auto bytes = list ? atom(list.get(), 0) : std::string();
    return hex({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

std::string validity(ksba_cert_t certificate, int which) {
    ksba_isotime_t time;
    return ksba_cert_get_validity(certificate, which, time) == 0 ? std::string(time) : std::string();
}

/// GnuPG's names of curves.
std::string curve_name(const char* name) {
    constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"NIST P-256", "nistp256"},
        {"NIST P-384", "nistp384"},
        {"NIST P-521", "nistp521"},
        {"Ed25519", "ed25519"},
        {"Curve25519", "cv25519"},
    });
    const std::string_view given = name ? name : "";
    const auto* found = std::ranges::find(names, given, [](const auto& pair) { return pair.first; });
    return std::string(found == names.end() ? given : found->second);
}

/// The octets of a certificate, and nothing behind them: libksba does not look at the end.
bool is_whole(std::span<const uint8_t> der) {
    return der.size() > 4 && der[0] == 0x30 && der[1] == 0x82 && der.size() == 4U + (der[2] << 8 | der[3]);
}

/// An address in the subject itself (PKCS #9), as gpgsm lists it.
std::optional<std::string> address_in(std::string_view subject) {
    constexpr std::string_view mark = "1.2.840.113549.1.9.1=#";
    const auto start = subject.find(mark);
    if (start == subject.npos) return {};
    auto digits = subject.substr(start + mark.size());
    digits = digits.substr(0, digits.find_first_not_of("0123456789ABCDEF"));
    std::string address;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        address += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    return "<" + address + ">";
}

/// (public-key (rsa ...))
bool read_public_key(ksba_cert_t certificate, Certificate& facts) {
    const auto key = parse(OwnedSexp(ksba_cert_get_public_key(certificate)));
    const OwnedList parameters(key ? gcry_sexp_nth(key.get(), 1) : nullptr);
    std::array<unsigned char, 20> grip;
    if (!parameters || !gcry_pk_get_keygrip(key.get(), grip.data())) return false;
    facts.keygrip = hex(grip);
    facts.algorithm = gcry_pk_map_name(atom(parameters.get(), 0).c_str());
    facts.bits = gcry_pk_get_nbits(key.get());
    if (facts.algorithm == GCRY_PK_ECC) facts.curve = curve_name(gcry_pk_get_curve(key.get(), 0, nullptr));
    return true;
}

}  // namespace

std::optional<Certificate> read_certificate(std::span<const uint8_t> der) {
    ksba_cert_t raw = nullptr;
    if (!is_whole(der) || ksba_cert_new(&raw) != 0) return {};
    const OwnedCertificate certificate(raw);
    if (ksba_cert_init_from_mem(raw, der.data(), der.size()) != 0) return {};

    Certificate facts;
    const OwnedText issuer(ksba_cert_get_issuer(raw, 0)), subject(ksba_cert_get_subject(raw, 0));
    if (!issuer || !subject || !read_public_key(raw, facts)) return {};
    facts.issuer = issuer.get();
    facts.subject = subject.get();
    facts.names.push_back(facts.subject);
    if (const auto address = address_in(facts.subject)) facts.names.push_back(*address);
    for (int i = 1; const OwnedText name{ksba_cert_get_subject(raw, i)}; ++i)
        if (name.get()[0] == '<') facts.names.emplace_back(name.get());
    facts.serial = serial_of(raw);
    facts.created = validity(raw, 0);
    facts.expires = validity(raw, 1);
    facts.fingerprint = digest(GCRY_MD_SHA1, der);
    facts.fingerprint_256 = digest(GCRY_MD_SHA256, der);
    return facts;
}

std::string iso_time(uint64_t seconds_since_1970) {
    const auto seconds = static_cast<time_t>(seconds_since_1970);
    tm broken_down{};
    std::array<char, 32> text{};
    if (!gmtime_r(&seconds, &broken_down)) return {};
    return {text.data(), strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &broken_down)};
}

std::string iso_now() { return iso_time(static_cast<uint64_t>(time(nullptr))); }

}  // namespace cardseal::gpgsm
