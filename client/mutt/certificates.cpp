// SPDX-License-Identifier: LGPL-2.1-or-later
// Which certificates mutt is told of: for its indexes, of a mail's signer, and to import.
#include <fcntl.h>

#include <cstdio>
#include <iterator>

#include "command/input_file.hpp"
#include "command/mail_header.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/scratch_file.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "failure.hpp"
#include "mutt/index.hpp"
#include "mutt/run.hpp"

namespace cardseal::client::mutt {

namespace {

constexpr std::string_view address_mark = "address: ";

/// Of an encrypted mail mutt makes one of the outer header and the inner, and leaves fields in it that then stand there
/// twice. They say nothing of who signed what, and a mail with two of them would be refused.
ScratchFile mail_in(const FileName& name) {
    const InputFile file(name);
    const auto mail = text_of(file.descriptor());
    return ScratchFile::holding(
        MailHeader(mail).message_with_last_of({"content-disposition", "content-description", "content-id"}));
}

/// Into the file as it is: mutt has it open.
void write_whole(const FileName& name, const std::string& text) {
    const Descriptor file(open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) throw errno_failure(ErrorCode::OutputFailed, "cannot write '" + printable(name) + "'");
    ScratchFile::holding(text).copy_to(file.get());
}

/// mutt compares the sender with the beginnings of addresses; what the daemon found, the whole mail before it, counts.
std::string owner_of(const Verification& verification) {
    std::string lines;
    for (const auto& signer : verification.signers)
        for (const auto& address : signer.addresses)
            if (verification.valid && signer.address_match == "match")
                lines += std::string(address_mark) + printable(address) + "\n";
    return lines.empty() ? std::string(address_mark) + "none\n" : lines;
}

}  // namespace

int run(const MakeFolder&) {
    print(index_folder() + "\n");
    Supervision supervision;
    Client client;
    write_indexes(client, supervision.watch());
    return done;
}

int run(const ExtractSigner& request) {
    const auto mail = mail_in(request.mail);
    Supervision supervision;
    Client client;
    const auto verification = client.verify(mail.descriptor(), {}, supervision.watch());
    auto text = owner_of(verification);
    for (const auto& signer : verification.signers)
        if (!signer.certificate.empty()) text += certificate_pem(signer.certificate);
    write_whole(request.certificate, text);
    write_indexes(client, supervision.watch());  // a valid mail brings its signer's certificate
    return done;
}

int run(const ShowAddresses& request) {
    const InputFile certificate(request.certificate);
    auto text = text_of(certificate.descriptor());
    std::string addresses;
    for (std::string_view rest = text; rest.starts_with(address_mark);) {
        const auto end = rest.find('\n');
        addresses += std::string(rest.substr(address_mark.size(), end - address_mark.size())) + "\n";
        rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    }
    print(addresses);
    return done;
}

int run(const ExtractCertificates& request) {
    const InputFile message(request.message);
    Supervision supervision;
    std::string text;
    for (const auto& signer : Client().verify(message.descriptor(), {}, supervision.watch()).signers)
        if (signer.signature == "good") text += certificate_pem(signer.certificate);
    if (text.empty()) throw failure(ErrorCode::NoSuchCertificate, "the message has no good signature");
    print(text);
    return done;
}

int run(const ImportCertificate& request) {
    Supervision supervision;
    Client client;
    for (const auto& certificate : read_certificates(request.certificate))
        for (const auto& fingerprint : client.import_certificates(certificate, supervision.watch()))
            print("imported certificate " + fingerprint + "\n");
    write_indexes(client, supervision.watch());
    return done;
}

}  // namespace cardseal::client::mutt
