// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the configured anchors and CRLs as blob files.
#include "broker/trust_files.hpp"

#include "catch.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

std::vector<std::string> texts(const FileDescriptor& file) {
    std::vector<std::string> result;
    for (const auto& blob : ipc::read_blob_file(file, 1u << 20)) result.emplace_back(text_of(blob));
    return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("trust files: files, and each file of a folder once, are read as they are") {
    const TemporaryFolder folder;
    const auto one = folder.write("one.pem", "one");
    folder.write("more/two.pem", "two");
    std::filesystem::create_symlink("two.pem", folder.path() / "more/hash.0");
    std::filesystem::create_directory(folder.path() / "more/sub");

    TrustFiles trust("trust anchors", {one, folder.path() / "more"});

    CHECK(texts(trust.blob_file()) == Texts{"one", "two"});
    CHECK(texts(trust.blob_file_with({Bytes{'x'}})) == Texts{"one", "two", "x"});
    CHECK(texts(trust.blob_file()) == Texts{"one", "two"});
}

TEST_CASE("trust files: a changed, added or removed file is seen") {
    const TemporaryFolder folder;
    folder.write("a.pem", "old");
    TrustFiles trust("trust anchors", {folder.path()});
    REQUIRE(texts(trust.blob_file()) == Texts{"old"});

    folder.write("a.pem", "newer");
    CHECK(texts(trust.blob_file()) == Texts{"newer"});
    folder.write("b.pem", "added");
    CHECK(texts(trust.blob_file()) == Texts{"newer", "added"});
    std::filesystem::remove(folder.path() / "a.pem");
    CHECK(texts(trust.blob_file()) == Texts{"added"});
}

TEST_CASE("trust files: without any configured, the blob file is empty") {
    CHECK(texts(TrustFiles("CRLs", {}).blob_file()).empty());
}

TEST_CASE("trust files: a configured file that is not there is InputFailed naming it") {
    TrustFiles trust("CRLs", {"/nonexistent/crl.der"});

    const auto refusal = refusal_of([&] { return trust.blob_file(); });

    CHECK(refusal.code() == ErrorCode::InputFailed);
    CHECK_THAT(refusal.message(), ContainsSubstring("CRLs: cannot read /nonexistent/crl.der"));
}
