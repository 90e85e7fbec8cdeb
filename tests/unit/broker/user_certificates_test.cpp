// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the user's folder of certificates: what is written, under which name, and what is never written.
#include "broker/user_certificates.hpp"

#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

namespace fs = std::filesystem;

constexpr uint64_t now = 1'000;

std::string content_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

ipc::Learned learned(const std::string& certificate, const std::string& capabilities, uint64_t signing_time) {
    return {to_bytes(bytes_of(certificate)), to_bytes(bytes_of(capabilities)), signing_time};
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

std::string remembered(const fs::path& folder, const std::string& name) {
    const auto found = read_capabilities(folder / (name + ".der"));
    return found ? std::to_string(found->signing_time) + " " + std::string(text_of(found->capabilities)) : "nothing";
}

}  // namespace

TEST_CASE("user certificates: a certificate is written under its digest, once, in a folder that is made for it") {
    const TemporaryFolder place;
    const auto folder = place.path() / "cardseal/certificates";
    const UserCertificates certificates(folder);

    const auto name = certificates.add(bytes_of("abc"));
    certificates.add(bytes_of("abc"));

    CHECK(name == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(names_in(folder) == std::vector{name + ".der"});
    CHECK(content_of(folder / (name + ".der")) == "abc");
}

TEST_CASE("user certificates: an empty file that a crash left under the name is written again") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());
    const auto file = folder.path() / (certificates.add(bytes_of("abc")) + ".der");
    fs::resize_file(file, 0);

    certificates.add(bytes_of("abc"));

    CHECK(content_of(file) == "abc");
}

TEST_CASE("user certificates: only newer capabilities replace those remembered (RFC 8551 §2.7.1)") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());
    certificates.remember(learned("abc", "middle", 500), now);
    const auto name = certificates.add(bytes_of("abc"));
    REQUIRE(remembered(folder.path(), name) == "500 middle");

    certificates.remember(learned("abc", "older", 400), now);
    certificates.remember(learned("abc", "same", 500), now);
    certificates.remember(learned("abc", "undated", 0), now);
    CHECK(remembered(folder.path(), name) == "500 middle");

    certificates.remember(learned("abc", "newer", 600), now);
    CHECK(remembered(folder.path(), name) == "600 newer");
    certificates.remember(learned("abc", "", 700), now);
    CHECK(remembered(folder.path(), name) == "600 newer");
}

TEST_CASE("user certificates: a signing time in the future does not keep later capabilities out for ever") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());
    certificates.remember(learned("abc", "future", 999'999), now);
    const auto name = certificates.add(bytes_of("abc"));
    REQUIRE(remembered(folder.path(), name) == "1000 future");

    certificates.remember(learned("abc", "later", 1'001), now + 100);

    CHECK(remembered(folder.path(), name) == "1001 later");
}

TEST_CASE("user certificates: nothing that a hostile worker says becomes part of a file's name") {
    const TemporaryFolder place;
    const auto folder = place.path() / "folder";
    const UserCertificates certificates(folder);
    fs::create_directory(folder);
    const auto secret = place.write("victim", "untouched");

    for (const std::string bytes : {"../victim", "/etc/passwd", ".", "..", "a/b"})
        certificates.remember(learned(bytes, "../victim", 1), now);

    CHECK(names_in(place.path()) == std::vector<std::string>{"folder", "victim"});
    for (const auto& name : names_in(folder)) CHECK(name.find_first_not_of("0123456789abcdef") == 64);
    CHECK(content_of(secret) == "untouched");
}

TEST_CASE("user certificates: a link under the name is replaced, not followed") {
    const TemporaryFolder place;
    const auto folder = place.path() / "folder";
    const UserCertificates certificates(folder);
    const auto file = folder / (certificates.add(bytes_of("abc")) + ".der");
    const auto victim = place.write("victim", "untouched");
    fs::remove(file);
    fs::create_symlink(victim, file);

    certificates.add(bytes_of("abc"));

    CHECK(content_of(victim) == "untouched");
    CHECK_FALSE(fs::is_symlink(file));
    CHECK(content_of(file) == "abc");
}

TEST_CASE("user certificates: what is too large, or empty, is not written") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());

    const auto refusal = refusal_of([&] { return certificates.add(Bytes(ipc::max_certificate + 1)); });

    CHECK(refusal.code() == ErrorCode::LimitExceeded);
    CHECK(refusal_of([&] { return certificates.add({}); }).code() == ErrorCode::LimitExceeded);
    CHECK(names_in(folder.path()).empty());
}

TEST_CASE("user certificates: a full folder takes no more") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());
    certificates.add(bytes_of("before"));
    for (size_t i = 0; i < UserCertificates::most_files - 1; ++i) folder.write(std::to_string(i), "");

    const auto refusal = refusal_of([&] { return certificates.add(bytes_of("one too many")); });

    CHECK(refusal.code() == ErrorCode::LimitExceeded);
    CHECK_THAT(refusal.message(), ContainsSubstring("is full"));
    CHECK(certificates.add(bytes_of("before")).size() == 64);
}

TEST_CASE("user certificates: removing takes the certificate and what is remembered with it") {
    const TemporaryFolder folder;
    const UserCertificates certificates(folder.path());
    certificates.remember(learned("abc", "capabilities", 1), now);
    const auto name = certificates.add(bytes_of("abc"));
    REQUIRE(names_in(folder.path()).size() == 2);

    certificates.remove(name);

    CHECK(names_in(folder.path()).empty());
    const auto refusal_code = [&](const std::string& what) {
        return refusal_of([&] {
                   certificates.remove(what);
                   return 0;
               })
            .code();
    };
    CHECK(refusal_code(name) == ErrorCode::NoSuchCertificate);
    CHECK(refusal_code("../victim") == ErrorCode::InvalidArgs);
    CHECK(refusal_code(std::string(63, 'a') + "/") == ErrorCode::InvalidArgs);
}

TEST_CASE("user certificates: a capabilities file that is not as we write it says nothing") {
    const TemporaryFolder folder;
    for (const std::string content : {"", "12", "abc\nDER", "-1\nDER", "99999999999999999999999\nDER"}) {
        folder.write("a.capabilities", content);
        CHECK_FALSE(read_capabilities(folder.path() / "a.der"));
    }
    folder.write("a.capabilities", "12\n");
    CHECK(read_capabilities(folder.path() / "a.der"));
}

TEST_CASE("user certificates: the folder is in the data folder of the person") {
    CHECK(user_certificate_folder("/home/a", "/data") == "/data/cardseal/certificates");
    CHECK(user_certificate_folder("/home/a", "") == "/home/a/.local/share/cardseal/certificates");
    CHECK(user_certificate_folder("", "relative").empty());
}
