// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-sendmail does for each request: sign the mail, encrypt it, hand it on.
#include "sendmail/submission.hpp"

#include <sysexits.h>
#include <unistd.h>

#include <algorithm>

#include "command/asking_program.hpp"
#include "command/print.hpp"
#include "command/scratch_file.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "failure.hpp"
#include "sendmail/recipients.hpp"
#include "sendmail/transport.hpp"

namespace cardseal::client::sendmail {

namespace {

/// One mail for the real sendmail, with its arguments.
struct Delivery {
    std::string recipients;  ///< for people
    Arguments arguments;
    std::string mail;
};

/// Makes the mails that leave of the one that came.
class Sealing {
public:
    explicit Sealing(const Submission& request)
        : request_(request),
          envelope_(read_envelope(request.arguments)),
          mail_(text_of(STDIN_FILENO)),
          header_(mail_),
          recipients_(recipients_of(envelope_, header_)) {}

    std::vector<Delivery> deliveries() {
        if (!must_encrypt())
            return {{join(recipients_.all()), arguments_as_given(envelope_), sign(mail_to_sign(), Next::Send)}};
        const auto signed_mail = sign(header_.message_without({"bcc", "resent-bcc"}), Next::Encrypt);
        // A message names all who can decrypt it, so each hidden recipient gets one of his own.
        std::vector<Delivery> all;
        if (!recipients_.visible.empty()) all.push_back(encrypted_for(recipients_.visible, signed_mail));
        for (const auto& recipient : recipients_.hidden) all.push_back(encrypted_for({recipient}, signed_mail));
        return all;
    }

private:
    /// Without -t nobody else removes Bcc.
    std::string mail_to_sign() const {
        return envelope_.reads_header ? mail_ : header_.message_without({"bcc", "resent-bcc"});
    }

    bool must_encrypt() {
        const auto recipients = recipients_.all();
        if (request_.encryption == Encryption::Never) return false;
        if (request_.encryption == Encryption::Always) {
            if (recipients.empty()) throw failure(ErrorCode::InvalidArgs, "there is no recipient to encrypt to");
            return true;
        }
        const auto without = std::ranges::find_if(recipients, [&](const auto& it) { return !has_certificate(it); });
        if (without != recipients.end())
            print("cardseal-sendmail: not encrypted: no certificate for " + printable(*without) + "\n", stderr);
        return !recipients.empty() && without == recipients.end();
    }

    bool has_certificate(const std::string& address) {
        CertificateFilter filter;
        filter.email = address;
        filter.usage = "encrypt";
        const auto found = client_.certificates(filter, supervision_.watch());
        return std::ranges::any_of(found, [](const auto& certificate) { return certificate.reason.empty(); });
    }

    std::string sign(const std::string& mail, Next next) {
        SignOptions options;
        options.input = Input::Message;
        options.content = request_.content;
        options.headers = request_.headers;
        if (request_.headers == Headers::Protected) options.next = next;
        options.prompt = parent_.prompt();
        options.prompt.interaction = request_.interaction;
        const auto key = request_.key.empty() ? author_of(header_) : request_.key;
        const auto input = ScratchFile::holding(mail);
        const ScratchFile output(ScratchFile::Place::Memory, {});
        client_.sign({key}, input.descriptor(), output.descriptor(), options, supervision_.watch());
        return output.text();
    }

    Delivery encrypted_for(const std::vector<std::string>& recipients, const std::string& signed_mail) {
        EncryptOptions options;
        options.input = Input::Message;
        options.addresses = recipients;
        options.prompt = parent_.prompt();
        options.prompt.interaction = request_.interaction;
        const auto input = ScratchFile::holding(signed_mail);
        const ScratchFile output(ScratchFile::Place::Memory, {});
        client_.encrypt({}, input.descriptor(), output.descriptor(), options, supervision_.watch());
        const bool is_for_all = recipients_.hidden.empty();
        return {join(recipients), is_for_all ? arguments_as_given(envelope_) : arguments_for(envelope_, recipients),
                output.text()};
    }

    const AskingProgram parent_{getppid()};
    const Submission& request_;
    Envelope envelope_;
    std::string mail_;
    MailHeader header_;
    Recipients recipients_;
    Supervision supervision_;
    Client client_;
};

/// Supervision ends here: from now on Ctrl-C is between the person and sendmail.
std::vector<Delivery> seal(const Submission& request) { return Sealing(request).deliveries(); }

/// Each on its own; the first status that is not 0, and whom that kept from getting the mail.
int hand_over_all(const FileName& sendmail, const std::vector<Delivery>& deliveries) {
    int first = EX_OK;
    for (const auto& [recipients, arguments, mail] : deliveries) {
        const int status = hand_over(sendmail, arguments, mail);
        if (status && deliveries.size() > 1)
            print("cardseal-sendmail: not sent to " + printable(recipients) + "\n", stderr);
        if (first == EX_OK) first = status;
    }
    return first;
}

int tell(int status, const std::string& what) {
    print("cardseal-sendmail: " + what + "\n", stderr);
    return status;
}

}  // namespace

int run(const Submission& request) {
    if (was_started_by_itself())
        return tell(EX_CONFIG, "the sendmail that it runs is itself: name the real one with --sendmail");
    const auto sendmail = find_sendmail(request.sendmail);
    if (!sendmail)
        return tell(EX_OSFILE, request.sendmail.empty() ? "no sendmail and no msmtp found: name one with --sendmail"
                                                        : "cannot run '" + printable(request.sendmail) + "'");
    return hand_over_all(*sendmail, seal(request));
}

}  // namespace cardseal::client::sendmail
