// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the certificate folders as a blob file, and of folders that somebody has poisoned.
#include "broker/certificate_folders.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "broker/user_certificates.hpp"
#include "catch.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

using ipc::CertificateSource;
using Texts = std::vector<std::string>;

std::vector<ipc::StoredCertificate> stored(const FileDescriptor& file) {
    std::vector<ipc::StoredCertificate> result;
    for (const auto& blob : ipc::read_blob_file(file, ipc::max_folders))
        result.push_back(ipc::decode<ipc::StoredCertificate>(blob));
    return result;
}

/// The files' contents, in alphabetical order.
Texts contents(CertificateFolders& folders) {
    Texts result;
    for (const auto& certificate : stored(folders.blob_file())) result.emplace_back(text_of(certificate.file));
    std::ranges::sort(result);
    return result;
}

CertificateFolders user_folder(const TemporaryFolder& folder) {
    return CertificateFolders({{folder.path(), CertificateSource::User}});
}

}  // namespace

TEST_CASE("certificate folders: files of any name are read as they are, with their folder's source and their time") {
    const TemporaryFolder user, system;
    user.write("bob.pem", "bob");
    user.write("bob.capabilities", "17\nDER");
    user.write(".new-file", "half");
    system.write("anna", "anna");
    CertificateFolders folders({{user.path(), CertificateSource::User}, {system.path(), CertificateSource::System}});

    const auto certificates = stored(folders.blob_file());

    REQUIRE(certificates.size() == 2);
    CHECK(text_of(certificates[0].file) == "bob");
    CHECK(text_of(certificates[0].capabilities) == "DER");
    CHECK(certificates[0].source == CertificateSource::User);
    CHECK(certificates[0].seen > 1'600'000'000);
    CHECK(text_of(certificates[1].file) == "anna");
    CHECK(certificates[1].capabilities.empty());
    CHECK(certificates[1].source == CertificateSource::System);
}

TEST_CASE("certificate folders: a changed, added or removed file is seen, its capabilities too") {
    const TemporaryFolder folder;
    folder.write("a.pem", "old");
    auto folders = user_folder(folder);
    REQUIRE(contents(folders) == Texts{"old"});

    folder.write("a.pem", "newer");
    CHECK(contents(folders) == Texts{"newer"});
    folder.write("b.pem", "second");
    CHECK(contents(folders) == Texts{"newer", "second"});
    std::filesystem::remove(folder.path() / "b.pem");
    CHECK(contents(folders) == Texts{"newer"});
    folder.write("a.capabilities", "1\nDER");
    CHECK(text_of(stored(folders.blob_file()).at(0).capabilities) == "DER");
}

TEST_CASE("certificate folders: one that does not exist is empty, one that is none is InputFailed") {
    const TemporaryFolder folder;
    const auto file = folder.write("file", "x");
    CertificateFolders missing({{folder.path() / "missing", CertificateSource::System}});
    CertificateFolders not_one({{file, CertificateSource::System}});

    CHECK(contents(missing).empty());
    CHECK(refusal_of([&] { return not_one.blob_file(); }).code() == ErrorCode::InputFailed);
}

TEST_CASE("certificate folders: a FIFO, a huge file and a loop of links do not keep the broker") {
    const TemporaryFolder folder;
    folder.write("good.pem", "good");
    REQUIRE(mkfifo((folder.path() / "fifo.pem").c_str(), 0600) == 0);
    folder.write("huge.pem", "");
    std::filesystem::resize_file(folder.path() / "huge.pem", uint64_t{1} << 40);
    folder.write("large.pem", std::string(ipc::max_certificate_file + 1, 'x'));
    std::filesystem::create_symlink("loop.pem", folder.path() / "loop.pem");
    std::filesystem::create_symlink("/proc/self/fd/0", folder.path() / "input.pem");
    std::filesystem::create_directory_symlink(".", folder.path() / "down");
    REQUIRE(mkfifo((folder.path() / "good.capabilities").c_str(), 0600) == 0);
    auto folders = user_folder(folder);

    const auto certificates = stored(folders.blob_file());

    REQUIRE(certificates.size() == 1);
    CHECK(text_of(certificates[0].file) == "good");
    CHECK(certificates[0].capabilities.empty());
}

TEST_CASE("certificate folders: of 100,000 files no more than 10,000 are looked at") {
    const TemporaryFolder folder;
    const auto file = folder.write("0.pem", "x");
    for (int i = 1; i < 100'000; ++i) {
        const auto name = folder.path() / (std::to_string(i) + ".pem");
        REQUIRE(link(file.c_str(), name.c_str()) == 0);
        if (i % 60'000 != 0) continue;
        // A file system allows no more links to one file.
        std::filesystem::remove(file);
        folder.write("0.pem", "x");
    }
    auto folders = user_folder(folder);

    CHECK(stored(folders.blob_file()).size() == CertificateFolders::most_files);
}

TEST_CASE("certificate folders: no more is read than a worker can hold") {
    const TemporaryFolder folder;
    for (int i = 0; i < 600; ++i) folder.write(std::to_string(i), std::string(60'000, 'x'));
    auto folders = user_folder(folder);

    const auto count = stored(folders.blob_file()).size();

    CHECK(count > 500);
    CHECK(count < 600);
}
