// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line.
#include "command/arguments.hpp"

#include <string>
#include <variant>
#include <vector>

#include "catch.hpp"

using namespace cardseal::client;

namespace {

Request parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "cardseal");
    return parse_arguments(static_cast<int>(arguments.size()), arguments.data());
}

/// The error that a command line is refused with.
Error refusal(const std::vector<const char*>& arguments) {
    try {
        parse(arguments);
    } catch (const Error& error) {  // what the test asks for
        return error;
    }
    FAIL("the command line was accepted");
    throw;
}

}  // namespace

TEST_CASE("arguments: sign with everything") {
    const auto sign =
        std::get<Sign>(parse({"sign", "--key", "a@example.org", "--key", "pkcs11:object=b;type=private", "--format",
                              "der", "--opaque", "--digest", "sha512", "--padding", "pss", "-o", "out.p7m", "in.txt"}));

    CHECK(sign.keys == std::vector<std::string>{"a@example.org", "pkcs11:object=b;type=private"});
    CHECK(sign.options.format == Format::Der);
    CHECK(sign.options.content == Content::Opaque);
    CHECK(sign.options.digest == Digest::Sha512);
    CHECK(sign.options.padding == Padding::Pss);
    CHECK(sign.output == "out.p7m");
    CHECK(sign.input == "in.txt");
}

TEST_CASE("arguments: sign with nothing reads and writes the standard streams as detached S/MIME") {
    const auto sign = std::get<Sign>(parse({"sign"}));

    CHECK(sign.keys.empty());
    CHECK(sign.options.format == Format::Smime);
    CHECK(sign.options.content == Content::Detached);
    CHECK(is_standard(sign.input));
    CHECK(is_standard(sign.output));
}

TEST_CASE("arguments: a whole mail, and what needs it") {
    const auto sign =
        std::get<Sign>(parse({"sign", "--message", "--protect-headers", "--to-be-encrypted", "mail.eml"}));
    CHECK(sign.options.input == Input::Message);
    CHECK(sign.options.headers == Headers::Protected);
    CHECK(sign.options.next == Next::Encrypt);
    const auto encrypt = std::get<Encrypt>(parse({"encrypt", "--to", "a.pem", "--message", "--protect-headers"}));
    CHECK(encrypt.options.input == Input::Message);
    CHECK(encrypt.options.headers == Headers::Protected);

    CHECK(refusal({"sign", "--protect-headers"}).exit_status() == 2);
    CHECK(refusal({"sign", "--message", "--to-be-encrypted"}).exit_status() == 2);
    CHECK(refusal({"encrypt", "--to", "a.pem", "--protect-headers"}).exit_status() == 2);
}

TEST_CASE("arguments: a repeated option takes one value each time, so that the file can follow it") {
    const auto encrypt = std::get<Encrypt>(parse({"encrypt", "--to", "a.pem", "--to", "b.pem", "mail.txt"}));
    const auto verify = std::get<Verify>(parse({"verify", "--trust", "a.pem", "mail.eml"}));

    CHECK(encrypt.recipients == std::vector<std::string>{"a.pem", "b.pem"});
    CHECK(encrypt.input == "mail.txt");
    CHECK(verify.trust == std::vector<std::string>{"a.pem"});
    CHECK(verify.input == "mail.eml");
}

TEST_CASE("arguments: encrypt with everything") {
    const auto encrypt =
        std::get<Encrypt>(parse({"encrypt", "--to", "a.pem", "--format=pem", "--cipher", "chacha20-poly1305", "--oaep",
                                 "--key", "none", "--output", "o", "-"}));

    CHECK(encrypt.options.format == Format::Pem);
    CHECK(encrypt.options.cipher == Cipher::ChaCha20Poly1305);
    CHECK(encrypt.options.rsa_transport == RsaTransport::Oaep);
    CHECK(encrypt.options.originator == "none");
    CHECK(encrypt.output == "o");
    CHECK(is_standard(encrypt.input));
}

TEST_CASE("arguments: verify with everything") {
    const auto verify = std::get<Verify>(
        parse({"verify", "--content", "c", "--at", "@12", "--json", "-o", "content.txt", "signature.p7s"}));

    CHECK(verify.content == "c");
    CHECK(verify.time == 12U);
    CHECK(verify.report == Report::Json);
    CHECK(verify.output == "content.txt");
    CHECK(verify.input == "signature.p7s");
}

TEST_CASE("arguments: open with everything, and the part of verify and decrypt") {
    const auto open = std::get<Open>(parse({"open", "--key", "k", "--trust", "a.pem", "--json", "-o", "out", "mail"}));

    CHECK(open.key == "k");
    CHECK(open.trust == std::vector<std::string>{"a.pem"});
    CHECK(open.report == Report::Json);
    CHECK(open.output == "out");
    CHECK(open.input == "mail");
    CHECK(std::get<Verify>(parse({"verify", "--part", "1.2"})).part == "1.2");
    CHECK_FALSE(std::get<Verify>(parse({"verify"})).part);
    CHECK(std::get<Decrypt>(parse({"decrypt", "--part", ""})).options.part == "");
}

TEST_CASE("arguments: decrypt, list and status") {
    CHECK(std::get<Decrypt>(parse({"decrypt", "--key", "0123abcd", "m"})).options.key == "0123abcd");
    CHECK(std::get<List>(parse({"list", "--json"})).report == Report::Json);
    CHECK(std::get<List>(parse({"list"})).report == Report::People);
    CHECK(std::get<ShowStatus>(parse({"status", "--json"})).report == Report::Json);
}

TEST_CASE("arguments: a file may have the name of a command") {
    CHECK(std::get<Decrypt>(parse({"decrypt", "list"})).input == "list");
}

TEST_CASE("arguments: help and version are texts to show") {
    CHECK_THAT(std::get<ShowText>(parse({"--help"})).text, ContainsSubstring("decrypt"));
    CHECK_THAT(std::get<ShowText>(parse({"sign", "--help"})).text, ContainsSubstring("Usage: cardseal sign"));
    CHECK_THAT(std::get<ShowText>(parse({"--version"})).text, ContainsSubstring("cardseal "));
}

TEST_CASE("arguments: wrong use is InvalidArgs with exit status 2, and says what is wrong") {
    const auto [arguments, reason] = GENERATE(table<std::vector<const char*>, std::string>({
        {std::vector<const char*>{}, "a command is required"},
        {{"sing"}, "'sing'"},
        {{"sign", "--kye", "a"}, "--kye"},
        {{"sign", "a", "b"}, "b"},
        {{"sign", "--key"}, "--key"},
        {{"sign", "--format", "mime"}, "smime|der|pem"},
        {{"sign", "--digest", "sha1"}, "'sha1'"},
        {{"sign", "--padding", "oaep"}, "'oaep'"},
        {{"encrypt", "in"}, "--to"},
        {{"encrypt", "--to", "a", "--cipher", "rc2"}, "'rc2'"},
        {{"verify", "--at", "yesterday"}, "'yesterday'"},
        {{"verify", "--json", "-o", "-"}, "standard output"},
        {{"verify", "--content", "-"}, "standard input"},
        {{"open", "--json", "-o", "-"}, "standard output"},
    }));
    CAPTURE(arguments);

    const auto error = refusal(arguments);

    CHECK(error.name() == "InvalidArgs");
    CHECK(error.exit_status() == 2);
    CHECK_THAT(error.message(), ContainsSubstring(reason));
}

TEST_CASE("arguments: certificates has commands of its own, and help for each") {
    const auto list = std::get<ListCertificates>(parse({"certificates", "list", "--json", "bob@example.org"}));
    CHECK(list.address == "bob@example.org");
    CHECK(list.report == Report::Json);
    CHECK(std::get<ImportCertificates>(parse({"certificates", "import", "a.pem", "b.der"})).files ==
          std::vector<FileName>{"a.pem", "b.der"});
    CHECK(std::get<ShowCertificates>(parse({"certificates", "show", "0123abcd"})).name == "0123abcd");
    CHECK(std::get<RemoveCertificate>(parse({"certificates", "remove", "0123abcd"})).fingerprint == "0123abcd");

    const auto help = std::get<ShowText>(parse({"certificates", "import", "--help"})).text;
    CHECK_THAT(help, ContainsSubstring("cardseal certificates import"));
    CHECK(refusal({"certificates"}).exit_status() == 2);
    CHECK(refusal({"certificates", "import"}).exit_status() == 2);
    CHECK(refusal({"certificates", "forget", "x"}).exit_status() == 2);
}

TEST_CASE("arguments: encrypt takes a profile") {
    CHECK(std::get<Encrypt>(parse({"encrypt", "--to", "a@b"})).options.profile == Profile::Default);
    CHECK(std::get<Encrypt>(parse({"encrypt", "--to", "a@b", "--profile", "modern"})).options.profile ==
          Profile::Modern);
    CHECK_THAT(refusal({"encrypt", "--to", "a@b", "--profile", "best"}).message(), ContainsSubstring("compatible"));
}
