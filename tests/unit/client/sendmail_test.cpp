// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-sendmail reads: sendmail's arguments, a mail's header, and who gets the mail.
#include <sysexits.h>

#include "catch.hpp"
#include "error_table.hpp"
#include "failure.hpp"
#include "sendmail/arguments.hpp"
#include "sendmail/envelope.hpp"
#include "sendmail/exit_status.hpp"
#include "sendmail/recipients.hpp"

using namespace cardseal::client;
using namespace cardseal::client::sendmail;
using Addresses = std::vector<std::string>;

namespace {

Submission parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "cardseal-sendmail");
    return std::get<Submission>(sendmail::parse_arguments(static_cast<int>(arguments.size()), arguments.data()));
}

Recipients recipients(const Arguments& arguments, const std::string& mail) {
    return recipients_of(read_envelope(arguments), MailHeader(mail));
}

}  // namespace

TEST_CASE("sendmail: our options stand before the first word that is none, or before --") {
    const auto with_separator = parse({"--encrypt=always", "--key=a@b", "--", "--account=work", "-t"});
    CHECK(with_separator.encryption == Encryption::Always);
    CHECK(with_separator.key == "a@b");
    CHECK(with_separator.arguments == Arguments{"--account=work", "-t"});

    const auto without = parse({"--protect-headers", "-oem", "-f", "a@b", "--", "--key@example.org"});
    CHECK(without.headers == Headers::Protected);
    CHECK(without.arguments == Arguments{"-oem", "-f", "a@b", "--", "--key@example.org"});

    CHECK(parse({"bob@example.org", "--opaque"}).content == Content::Detached);
}

TEST_CASE("sendmail: recipients are told from options and their values") {
    const auto envelope = read_envelope({"-F", "Alice B", "-falice@example.org", "-B8BITMIME", "-N", "never", "-oem",
                                         "bob@example.org", "-v", "--", "-dash@example.org"});

    CHECK(envelope.recipients == Addresses{"bob@example.org", "-dash@example.org"});
    CHECK(envelope.options ==
          Arguments{"-F", "Alice B", "-falice@example.org", "-B8BITMIME", "-N", "never", "-oem", "-v"});
    CHECK_FALSE(envelope.reads_header);
    CHECK_FALSE(envelope.ignores_dots);
}

TEST_CASE("sendmail: -t and -i are found in every spelling") {
    for (const Arguments& arguments : {Arguments{"-t", "-i"},
                                       {"-ti"},
                                       {"-it"},
                                       {"-t", "-oi"},
                                       {"-t", "-o", "i"},
                                       {"-tvi"},
                                       {"--read-recipients", "-i"}}) {
        const auto envelope = read_envelope(arguments);
        CHECK(envelope.reads_header);
        CHECK(envelope.ignores_dots);
        CHECK(arguments_as_given(envelope) == arguments);
        CHECK(read_envelope(arguments_for(envelope, {"a@b"})).recipients == Addresses{"a@b"});
        CHECK_FALSE(read_envelope(arguments_for(envelope, {"a@b"})).reads_header);
    }
    CHECK_FALSE(read_envelope({"-fat@example.org"}).reads_header);
    CHECK(arguments_as_given(read_envelope({"-t"})) == Arguments{"-i", "-t"});
}

TEST_CASE("sendmail: whatever does not send the mail is refused") {
    for (const Arguments& arguments : {Arguments{"-bs"}, {"-b", "p"}, {"-vq"}, {"-q5m"}, {"-I"}})
        CHECK_THROWS_AS(read_envelope(arguments), Error);
    CHECK_NOTHROW(read_envelope({"-bm", "a@b"}));
}

TEST_CASE("sendmail: hidden is who is not in To or Cc") {
    const std::string mail = "To: a@b\nCc: C@D\nBcc: e@f\n\n";

    const auto by_header = recipients({"-t"}, mail);
    CHECK(by_header.visible == Addresses{"a@b", "C@D"});
    CHECK(by_header.hidden == Addresses{"e@f"});

    const auto by_arguments = recipients({"c@d", "x@y", "X@y"}, mail);
    CHECK(by_arguments.visible == Addresses{"c@d"});
    CHECK(by_arguments.hidden == Addresses{"x@y"});
}

TEST_CASE("sendmail: a mail that was resent goes to whom it was resent") {
    const auto found = recipients({"-t"}, "To: a@b\nResent-To: c@d\nResent-Bcc: e@f\nBcc: g@h\n\n");

    CHECK(found.visible == Addresses{"c@d"});
    CHECK(found.hidden == Addresses{"e@f"});
}

TEST_CASE("sendmail: of several authors the sender signs") {
    CHECK(author_of(MailHeader("From: A <a@b>\nSender: c@d\n\n")) == "a@b");
    CHECK(author_of(MailHeader("From: a@b, e@f\nSender: c@d\n\n")) == "c@d");
    CHECK_THROWS_AS(author_of(MailHeader("From: a@b, e@f\n\n")), Error);
    CHECK_THROWS_AS(author_of(MailHeader("To: a@b\n\n")), Error);
}

TEST_CASE("sendmail: no error is a success, and what may pass is told so") {
    for (const auto& entry : cardseal::error_table) CHECK(exit_status(failure(entry.code, "x")) >= EX_USAGE);
    CHECK(exit_status(failure(cardseal::ErrorCode::TokenAbsent, "x")) == EX_TEMPFAIL);
    CHECK(exit_status(failure(cardseal::ErrorCode::BadMessage, "x")) == EX_DATAERR);
}
