// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-git takes from git and tells it.
#include <unistd.h>

#include <array>
#include <string>

#include "catch.hpp"
#include "git/arguments.hpp"
#include "git/refusal.hpp"
#include "git/status_lines.hpp"

using namespace cardseal::client;

namespace {

Signer signer(const std::string& fingerprint, const std::string& signature, const std::string& chain) {
    Signer signer;
    signer.valid = signature == "good" && chain == "trusted";
    signer.signature = signature;
    signer.chain = chain;
    signer.fingerprint = fingerprint;
    signer.subject = "CN=" + fingerprint;
    return signer;
}

/// The status lines about a message of these signers.
std::string verdict(const std::vector<Signer>& signers) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    Verification verification;
    verification.signers = signers;
    git::write_verdict(ends[1], verification);
    close(ends[1]);
    std::array<char, 4096> text{};
    const auto size = read(ends[0], text.data(), text.size());
    close(ends[0]);
    return {text.data(), static_cast<size_t>(size)};
}

}  // namespace

TEST_CASE("git: of a name with an address in brackets the address is the key") {
    CHECK(git::key_of("Alice Example <alice@example.org>") == "alice@example.org");
    CHECK(git::key_of("<alice@example.org>") == "alice@example.org");
    CHECK(git::key_of("A <b> <alice@example.org>") == "alice@example.org");
}

TEST_CASE("git: what has no brackets at its end is the key as it is") {
    CHECK(git::key_of("alice@example.org") == "alice@example.org");
    CHECK(git::key_of("sha256:0123abcd") == "sha256:0123abcd");
    CHECK(git::key_of("pkcs11:object=<x>;type=private") == "pkcs11:object=<x>;type=private");
}

TEST_CASE("git: before 2.41 it swallows what a signing program says") {
    CHECK(git::swallows_errors("git version 2.39.5\n"));
    CHECK(git::swallows_errors("git version 1.9.1"));
    CHECK_FALSE(git::swallows_errors("git version 2.41.0"));
    CHECK_FALSE(git::swallows_errors("git version 3.0.0"));
    CHECK_FALSE(git::swallows_errors(""));
}

TEST_CASE("git: of two valid signers the first is told") {
    const auto lines = verdict({signer("aa", "good", "trusted"), signer("bb", "good", "trusted")});

    CHECK(lines.starts_with("[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG aa CN=aa\n"));
    CHECK(lines.ends_with("[GNUPG:] TRUST_FULLY 0 shell\n"));
    CHECK(lines.find("bb") == lines.npos);
}

TEST_CASE("git: of two signers the one that is not valid is told (row 58)") {
    CHECK(verdict({signer("aa", "good", "trusted"), signer("bb", "bad", "trusted")}) ==
          "[GNUPG:] NEWSIG\n[GNUPG:] BADSIG bb CN=bb\n");
    CHECK(verdict({signer("aa", "good", "trusted"), signer("bb", "good", "revoked")}).find("REVKEYSIG bb") !=
          std::string::npos);
}

TEST_CASE("git: without a signer there is no signature (row 57)") { CHECK(verdict({}) == "[GNUPG:] NODATA 1\n"); }

TEST_CASE("git: a signer whose certificate is not known is not judged") {
    CHECK(verdict({signer("", "bad", "unknown")}) == "[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG - - - 00 - 1\n");
}

TEST_CASE("git: a name in a certificate stays within its line") {
    auto evil = signer("aa", "good", "untrusted");
    evil.subject = "CN=x\n[GNUPG:] TRUST_FULLY 0 shell";

    const auto lines = verdict({evil});

    CHECK(lines.find("\n[GNUPG:] TRUST_UNDEFINED 0 shell\n") != lines.npos);
    CHECK(lines.find("\n[GNUPG:] TRUST_FULLY") == lines.npos);
}
