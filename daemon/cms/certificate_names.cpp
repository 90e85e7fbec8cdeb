// SPDX-License-Identifier: LGPL-2.1-or-later
// Certificate: the subject as text, and the e-mail addresses (RFC 8550 §3, RFC 9598).
#include <algorithm>

#include "cms/certificate.hpp"
#include "cms/text.hpp"

namespace cardseal::cms {

namespace {

constexpr size_t longest_subject = 1024;
constexpr size_t longest_serial = 128;
constexpr size_t longest_address = 512;
constexpr size_t most_addresses = 64;

using NamesPointer = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

bool is_address(std::string_view text) {
    const bool plain = std::ranges::none_of(text, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet <= 0x20 || octet == 0x7f;
    });
    const auto at = text.rfind('@');
    return plain && at != 0 && at + 1 < text.size() && at != text.npos && text.size() <= longest_address &&
           is_utf8(text);
}

void add_address(std::vector<std::string>& addresses, const ASN1_STRING* string) {
    const std::string text(text_of(view_of(string)));
    if (is_address(text) && addresses.size() < most_addresses && !std::ranges::count(addresses, text))
        addresses.push_back(text);
}

/// An alternative name's address, or null.
const ASN1_STRING* address_in(const GENERAL_NAME* name) {
    if (name->type == GEN_EMAIL) return name->d.rfc822Name;
    if (name->type != GEN_OTHERNAME || dotted(name->d.otherName->type_id) != "1.3.6.1.5.5.7.8.9") return nullptr;
    const auto* value = name->d.otherName->value;
    return value->type == V_ASN1_UTF8STRING ? value->value.utf8string : nullptr;
}

std::string name_text(X509_NAME* name, unsigned long flags) {
    const BioPointer bio(BIO_new(BIO_s_mem()));
    if (!bio || X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) {
        forget_openssl_errors();
        return {};
    }
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<size_t>(size));
}

std::string readable(X509_NAME* name) {
    auto text = name_text(name, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    // A name that says UTF8String may hold anything; the escaped form is always ASCII.
    if (!is_utf8(text)) text = name_text(name, XN_FLAG_RFC2253);
    return shortened(text, longest_subject);
}

}  // namespace

std::string Certificate::subject() const { return readable(X509_get_subject_name(get())); }

std::string Certificate::issuer() const { return readable(X509_get_issuer_name(get())); }

std::string Certificate::serial() const {
    return shortened(hex(view_of(X509_get0_serialNumber(get()))), longest_serial);
}

std::vector<std::string> Certificate::addresses() const {
    std::vector<std::string> addresses;
    const NamesPointer names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
        if (const auto* address = address_in(sk_GENERAL_NAME_value(names.get(), i))) add_address(addresses, address);
    auto* subject = X509_get_subject_name(get());
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, i)) >= 0;)
        add_address(addresses, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
    forget_openssl_errors();
    return addresses;
}

}  // namespace cardseal::cms
