// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that sign and encrypt.
#include <gcrypt.h>

#include <algorithm>
#include <charconv>

#include "gpgsm/errors.hpp"
#include "gpgsm/session.hpp"

namespace cardseal::gpgsm {

namespace {

/// The daemon's choice of digest for a key, in libgcrypt's number.
int digest_of(const Certificate& certificate) {
    if (certificate.algorithm != GCRY_PK_ECC) return GCRY_MD_SHA256;
    if (certificate.curve == "ed25519" || certificate.bits > 384) return GCRY_MD_SHA512;
    return certificate.bits > 256 ? GCRY_MD_SHA384 : GCRY_MD_SHA256;
}

int signature_algorithm_of(const Certificate& certificate) {
    if (certificate.algorithm != GCRY_PK_ECC) return certificate.algorithm;
    return certificate.curve == "ed25519" ? GCRY_PK_EDDSA : GCRY_PK_ECDSA;
}

std::string signature_created(const Certificate& certificate, client::Content content) {
    return std::string("SIG_CREATED ") + (content == client::Content::Detached ? "D " : "S ") +
           std::to_string(signature_algorithm_of(certificate)) + " " + std::to_string(digest_of(certificate)) + " 00 " +
           iso_now() + " " + certificate.fingerprint;
}

bool is_root(const std::vector<uint8_t>& der) {
    const auto certificate = read_certificate(der);
    return certificate && certificate->is_self_signed();
}

/// gpgsm's include-certs: -2 (its default) all but the root, -1 all, else at most so many of each signer, its own
/// first.
client::Certificates certificates_for(const std::string& include_certs, const std::vector<Entry>& signers) {
    using client::Certificates;
    int count = -2;
    std::from_chars(include_certs.data(), include_certs.data() + include_certs.size(), count);
    if (count < 0) return count == -1 ? Certificates::All : Certificates::Chain;
    if (count < 2) return count == 0 ? Certificates::None : Certificates::Signer;
    const auto limit = static_cast<size_t>(count);
    const auto fits_all = [&](const Entry& signer) { return 1 + signer.chain.size() <= limit; };
    const auto fits_chain = [&](const Entry& signer) {
        return 1 + signer.chain.size() - static_cast<size_t>(std::ranges::count_if(signer.chain, is_root)) <= limit;
    };
    if (std::ranges::all_of(signers, fits_all)) return Certificates::All;
    return std::ranges::all_of(signers, fits_chain) ? Certificates::Chain : Certificates::Signer;
}

}  // namespace

Session::Reply Session::do_sign(const Command& command) {
    choose_default_signer();
    if (signers_.empty()) return pass_on_with_data(command);
    if (!signers_of_gpgsm_.empty()) return error_line(GPG_ERR_NOT_SUPPORTED);  // keys of two houses in one signature
    if (!input_) return error_line(GPG_ERR_ASS_NO_INPUT);
    if (!output_) return error_line(GPG_ERR_ASS_NO_OUTPUT);

    const auto options = parse_words(command.arguments).options;
    client::SignOptions how;
    how.format = client::Format::Der;
    how.content =
        std::ranges::find(options, "--detached") != options.end() ? client::Content::Detached : client::Content::Opaque;
    how.certificates = certificates_for(option("include-certs"), signers_);
    how.prompt = prompt();
    std::vector<std::string> keys;
    for (const auto& signer : signers_) keys.push_back(signer.key);
    EncodedOutput output(output_, "SIGNED MESSAGE");
    daemon().sign(keys, input_.descriptor.get(), output.descriptor(), how, watch());
    output.finish();
    forget_data();
    for (const auto& signer : signers_) status(signature_created(signer.certificate, how.content));
    return "OK";
}

Session::Reply Session::do_encrypt(const Command& command) {
    if (recipients_.empty()) return pass_on_with_data(command);
    if (!input_) return error_line(GPG_ERR_ASS_NO_INPUT);
    if (!output_) return error_line(GPG_ERR_ASS_NO_OUTPUT);

    std::vector<std::vector<uint8_t>> certificates;
    for (const auto& recipient : recipients_) certificates.push_back(recipient.der);
    // gpgsm has found these good already; only the certificates are missing here.
    for (const auto& pattern : recipients_of_gpgsm_) {
        certificates.push_back(certificate_of_gpgsm(pattern));
        if (!read_certificate(certificates.back())) return refuse("INV_RECP", 2, pattern, GPG_ERR_AMBIGUOUS_NAME);
    }
    client::EncryptOptions how;
    how.format = client::Format::Der;
    how.originator = "none";  // the program names its own user among the recipients if it wants that
    how.prompt = prompt();
    EncodedOutput output(output_, "ENCRYPTED MESSAGE");
    daemon().encrypt(certificates, input_.descriptor.get(), output.descriptor(), how, watch());
    output.finish();
    forget_data();
    return "OK";
}

}  // namespace cardseal::gpgsm
