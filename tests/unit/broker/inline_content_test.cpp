// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of inline content in memory files, and of job paths and prompt texts.
#include "broker/inline_content.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "broker/job_objects.hpp"
#include "broker/prompt_text.hpp"
#include "catch.hpp"
#include "refusal.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

TEST_CASE("inline content: it becomes a sealed memory file and is wiped from where it came") {
    Bytes content{'m', 'a', 'i', 'l'};

    const auto file = inline_input(content, "StartSign");

    CHECK(text_of(read_file(file, 100)) == "mail");
    CHECK(std::ranges::all_of(content, [](uint8_t byte) { return byte == 0; }));
    CHECK(::write(file.get(), "x", 1) < 0);
    CHECK((fcntl(file.get(), F_GET_SEALS) & F_SEAL_WRITE) != 0);
}

TEST_CASE("inline content: more than InlineMax is LimitExceeded naming the method to use") {
    Bytes largest(inline_max), too_large(inline_max + 1);
    CHECK(refusal_of([&] { return inline_input(largest, "StartSign"); }).code() == ErrorCode::None);

    const auto refusal = refusal_of([&] { return inline_input(too_large, "StartSign"); });

    CHECK(refusal.code() == ErrorCode::LimitExceeded);
    CHECK_THAT(refusal.message(), ContainsSubstring("StartSign"));
}

TEST_CASE("inline content: a result that grew too large is LimitExceeded") {
    const auto output = inline_output();
    write_all(output.get(), bytes_of("result"));
    CHECK(text_of(inline_result(output, "StartDecrypt")) == "result");

    REQUIRE(ftruncate(output.get(), static_cast<off_t>(inline_result_max + 1)) == 0);

    CHECK(refusal_of([&] { return inline_result(output, "StartDecrypt"); }).code() == ErrorCode::LimitExceeded);
}

TEST_CASE("job path: the caller's unique name becomes one element") {
    CHECK(job_path("/org/cardseal/Cardseal1", ":1.42", "my_token") == "/org/cardseal/Cardseal1/job/1_42/my_token");
}

TEST_CASE("prompt text: it names the program as a claim, the purpose, the token and the key") {
    ipc::TokenFound token;
    token.label = "card";
    ipc::KeyFound key;
    key.label = "mail key";
    key.reference.key.value = "sha256:" + std::string(64, 'a');

    const auto text = prompt_text({1000, "mutt [4711]"}, "sign", {&token, &key});

    for (const auto* part : {"calls itself \"mutt [4711]\"", "wants to sign", "card", "mail key", "sha256:aaaa"})
        CHECK_THAT(text, ContainsSubstring(part));
    CHECK(text.size() < 4096);
}

TEST_CASE("prompt text: it names the program that the caller works for before the caller") {
    ipc::TokenFound token;

    const auto text = prompt_text({1000, "cardseal-gpgsm [12]", "mutt [11]"}, "sign", token);

    CHECK_THAT(text, ContainsSubstring("calls itself \"mutt [11]\", through \"cardseal-gpgsm [12]\", wants to sign."));
}

TEST_CASE("prompt options: those that are given become pinentry's") {
    PromptSetup setup;
    setup.ttyname = "/dev/pts/1";
    setup.lc_ctype = "de_DE.UTF-8";

    CHECK(pinentry_options(setup) == std::vector<std::string>{"ttyname=/dev/pts/1", "lc-ctype=de_DE.UTF-8"});
}
