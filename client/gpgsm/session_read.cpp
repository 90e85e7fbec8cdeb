// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that decrypt and verify: the daemon's answer where it has one, else the real gpgsm's.
#include <gcrypt.h>

#include <algorithm>
#include <array>

#include "gpgsm/errors.hpp"
#include "gpgsm/session.hpp"

namespace cardseal::gpgsm {

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

/// Errors that say that the message is nothing for the daemon; gpgsm may know it.
bool is_nothing_for_us(const client::Error& error) {
    return is_one_of(error.name(), {"NoMatchingKey", "BadMessage", "UnsupportedAlgorithm", "DaemonUnreachable"});
}

/// A bad signature is bad, and whom the daemon knows to be expired or revoked gpgsm need not be asked about; but whom
/// the daemon does not know gpgsm's own list of trusted authorities may.
bool is_settled(const client::Verification& verification) {
    const auto settled = [](const client::Signer& signer) {
        return !signer.certificate.empty() &&
               (signer.signature == "bad" || is_one_of(signer.chain, {"trusted", "expired", "revoked"}));
    };
    return !verification.signers.empty() && std::ranges::all_of(verification.signers, settled);
}

/// What gpgsm 2.4 says of a message for somebody else; before, and as programs know it, it is "no secret key".
bool is_not_found(const std::string& reply) { return reply == error_line(GPG_ERR_NOT_FOUND); }

int digest_number(const std::string& name) { return gcry_md_map_name(name.c_str()); }

int algorithm_number(const std::string& name) {
    if (name == "ec") return GCRY_PK_ECDSA;
    if (name == "ed25519") return GCRY_PK_EDDSA;
    return GCRY_PK_RSA;
}

/// As gpgsm gives it: fingerprint, date, time, expiry, two reserved, algorithms, class.
std::string valid_signature(const client::Signer& signer, const Certificate& certificate) {
    const auto time = signer.signing_time ? iso_time(signer.signing_time) : std::string();
    const auto date = time.empty() ? std::string("0000-00-00")
                                   : time.substr(0, 4) + "-" + time.substr(4, 2) + "-" + time.substr(6, 2);
    return "VALIDSIG " + certificate.fingerprint + " " + date + " " + (time.empty() ? "0" : time) + " " +
           certificate.expires + " 0 0 " + std::to_string(algorithm_number(signer.key_algorithm)) + " " +
           std::to_string(digest_number(signer.digest_algorithm)) + " 00";
}

std::string trust(const client::Signer& signer) {
    if (signer.valid) return "TRUST_FULLY 0 shell";
    if (signer.chain == "untrusted") return "TRUST_UNDEFINED " + std::to_string(GPG_ERR_NOT_TRUSTED);
    if (signer.chain == "unknown") return "TRUST_UNDEFINED " + std::to_string(GPG_ERR_NO_CRL_KNOWN);
    return "TRUST_NEVER";
}

const char* verdict(const client::Signer& signer) {
    if (signer.signature != "good") return "BADSIG ";
    if (signer.chain == "expired") return "EXPKEYSIG ";
    return signer.chain == "revoked" ? "REVKEYSIG " : "GOODSIG ";
}

}  // namespace

Session::Reply Session::do_decrypt(const Command& command) {
    if (!input_) return error_line(GPG_ERR_ASS_NO_INPUT);
    if (!output_) return error_line(GPG_ERR_ASS_NO_OUTPUT);
    const RewindableInput input(input_.descriptor.get());
    try {  // what the daemon cannot do is gpgsm's to try
        return decrypt_with_daemon(input);
    } catch (const client::Error& error) {
        // Of a signed message gpgsm 2.2 may say that it was decrypted; programs wait for "no data" to verify it
        // instead.
        if (!is_nothing_for_us(error) || is_signed(input) || !real()) {
            forget_data();
            status("DECRYPTION_FAILED");
            throw;
        }
        log(error);
    }
    input.give_back(input_.descriptor);
    const auto reply = pass_on_with_data(command);
    return is_not_found(reply) ? error_line(GPG_ERR_NO_SECKEY) : reply;
}

bool Session::is_signed(const RewindableInput& input) {
    input.rewind();
    try {  // what cannot be looked into is not known to be signed
        const auto parts = daemon().inspect(input.descriptor(), {}, watch()).parts;
        return !parts.empty() && parts.front().kind == "signed";
    } catch (const client::Error&) {
        return false;
    }
}

Session::Reply Session::decrypt_with_daemon(const RewindableInput& input) {
    client::DecryptOptions how;
    how.prompt = prompt();
    const auto decryption = daemon().decrypt(input.descriptor(), output_.descriptor.get(), how, watch());
    forget_data();
    if (const auto certificate = read_certificate(decryption.certificate))
        status("ENC_TO " + certificate->key_id() + " 0 0");
    status("DECRYPTION_OKAY");
    return "OK";
}

Session::Reply Session::do_verify(const Command& command) {
    if (!input_) return error_line(GPG_ERR_ASS_NO_INPUT);
    const RewindableInput input(input_.descriptor.get());
    std::optional<RewindableInput> content;
    if (message_) content.emplace(message_.descriptor.get());
    try {  // likewise
        client::VerifyOptions how;
        how.content = content ? content->descriptor() : -1;
        how.output = output_ ? output_.descriptor.get() : -1;
        const auto verification = daemon().verify(input.descriptor(), how, watch());
        if (is_settled(verification) || !real()) return tell(verification);
    } catch (const client::Error& error) {
        if (!is_nothing_for_us(error) || !real()) throw;
        log(error);
    }
    input.give_back(input_.descriptor);
    if (content) content->give_back(message_.descriptor);
    return pass_on_with_data(command);
}

Session::Reply Session::tell(const client::Verification& verification) {
    forget_data();
    for (const auto& signer : verification.signers) tell(signer);
    return "OK";
}

void Session::tell(const client::Signer& signer) {
    status("NEWSIG");
    const auto certificate = read_certificate(signer.certificate);
    if (!certificate) return status("ERROR verify.findkey " + std::to_string(own_error(GPG_ERR_NO_PUBKEY)));
    status(verdict(signer) + certificate->fingerprint + " " + escape_status(certificate->subject));
    if (signer.signature != "good") return;
    status(valid_signature(signer, *certificate));
    status(trust(signer));
}

}  // namespace cardseal::gpgsm
