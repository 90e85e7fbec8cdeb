// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job on what is no message, or not one for it: rows of BAD_INPUT, one answer each, and nothing on the
// output.
#include <sys/resource.h>

#include "bad_input_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

TEST_CASE("decrypt: row 1: an empty message is a BadMessage") {
    check_refused({}, ErrorCode::BadMessage);
    check_good_message_still_works();
}

TEST_CASE("decrypt: row 2: random bytes are a BadMessage") {
    for (int i = 0; i < 200; ++i) check_refused(random_bytes(1 + i * 7), ErrorCode::BadMessage);
    auto sequence = random_bytes(500);
    sequence[0] = 0x30;
    check_refused(sequence, ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 3: a message cut at any offset is a BadMessage") {
    for (const auto form : {ipc::OutputForm::Der, ipc::OutputForm::Pem, ipc::OutputForm::Smime}) {
        const auto message = good_message(form);
        REQUIRE(decrypt_with({&ada()}, message).finished.code == ErrorCode::None);
        // A line break at the end of text is no part of the message.
        const auto armored = form != ipc::OutputForm::Der;
        const auto whole = text_of(message).find_last_not_of(armored ? "\r\n" : "") + 1;
        for (size_t size = 0; size < (armored ? whole : message.size()); ++size) {
            CAPTURE(size);
            check_refused(ByteView(message).first(size), ErrorCode::BadMessage);
        }
    }
}

TEST_CASE("decrypt: row 3: a large message in BER pieces, cut, is a BadMessage") {
    const auto message = encrypted_to({&ada()}, sample_content(200'000));
    for (size_t size = 0; size < message.size(); size += 997)
        check_refused(ByteView(message).first(size), ErrorCode::BadMessage);
    for (size_t cut = 1; cut < 40; ++cut)
        check_refused(ByteView(message).first(message.size() - cut), ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 4: garbage after the message is a BadMessage in every form") {
    for (const auto form : {ipc::OutputForm::Der, ipc::OutputForm::Pem, ipc::OutputForm::Smime}) {
        auto message = good_message(form);
        message.push_back('x');
        check_refused(message, ErrorCode::BadMessage);
        message.insert(message.end(), 2000, 'x');
        check_refused(message, ErrorCode::BadMessage);
    }
    auto der = good_message();
    der.push_back('\n');
    check_refused(der, ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 5: a form other than the one asked for is a BadMessage that names it") {
    using ipc::InputForm;
    using ipc::OutputForm;
    const auto base64 = [] {
        const auto pem = good_message(OutputForm::Pem);
        const auto text = text_of(pem);
        const auto start = text.find('\n') + 1;
        return to_bytes(bytes_of(text.substr(start, text.find("-----END") - start)));
    }();
    const std::vector<std::tuple<Bytes, std::string, InputForm>> forms{
        {good_message(OutputForm::Der), "DER", InputForm::Der},
        {good_message(OutputForm::Pem), "PEM", InputForm::Pem},
        {good_message(OutputForm::Smime), "S/MIME", InputForm::Smime},
        {base64, "base64", InputForm::Auto}};
    for (const auto& [message, name, right] : forms) {
        CHECK((decrypt_with({&ada()}, message, right).output == sample_content(100)));
        for (const auto form : {InputForm::Der, InputForm::Pem, InputForm::Smime}) {
            if (form == right) continue;
            const auto outcome = decrypt_with({&ada()}, message, form);
            CHECK(outcome.finished.code == ErrorCode::BadMessage);
            CHECK_THAT(outcome.finished.message, ContainsSubstring(name));
            CHECK(outcome.output.empty());
        }
    }
}

TEST_CASE("decrypt: row 8: a length of 2 GiB in 25 bytes is a BadMessage and takes no memory") {
    struct rusage before {
    }, later{};
    getrusage(RUSAGE_SELF, &before);
    Bytes message{0x30, 0x84, 0x80, 0x00, 0x00, 0x00, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                  0x0d, 0x01, 0x07, 0x03, 0xa0, 0x84, 0x7f, 0xff, 0xff, 0x00, 0x30, 0x80};
    REQUIRE(message.size() == 25);

    check_refused(message, ErrorCode::BadMessage);
    message = {0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03,
               0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0x31, 0x84, 0x7f, 0xff, 0xff};
    check_refused(message, ErrorCode::BadMessage);

    getrusage(RUSAGE_SELF, &later);
    CHECK(later.ru_maxrss - before.ru_maxrss < 16 * 1024);
}

TEST_CASE("decrypt: AuthEnvelopedData of another version than 0 is a BadMessage (RFC 5083 §2.1)") {
    auto message = crafted();
    message.version = 1;
    check_refused(message.encode(), ErrorCode::BadMessage);
}

TEST_CASE("decrypt: a signed message is a BadMessage that says so") {
    const TemporaryFolder folder;
    for (const std::string form : {"DER", "PEM", "SMIME"})
        for (const std::string opaque : {"-nodetach", "-binary"}) {
            const auto signed_message = run_program({"openssl", "cms", "-sign", opaque, "-outform", form, "-signer",
                                                     folder.write("certificate.pem", pem_of(ada().certificate)),
                                                     "-inkey", folder.write("key.pem", pem_of(ada().key))},
                                                    bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));
            REQUIRE(signed_message.status == 0);
            const auto outcome = decrypt_with({&ada()}, signed_message.output);
            CHECK(outcome.finished.code == ErrorCode::BadMessage);
            CHECK_THAT(outcome.finished.message, ContainsSubstring("signed"));
        }
}
