// SPDX-License-Identifier: LGPL-2.1-or-later
// A verify job and its answer, for tests.
#pragma once

#include "job_harness.hpp"

namespace cardseal::cms::test {

/// A verify job and what it is given.
struct Request {
    Bytes message;
    std::vector<Bytes> anchors = {};
    std::vector<Bytes> crls = {};
    std::optional<Bytes> content = std::nullopt;
    bool with_output = false;
    int64_t time = now;
    ipc::InputForm form = ipc::InputForm::Auto;
    std::vector<std::string> from = {};
    ipc::PartSelection part = {};
};

struct Answer {
    ipc::Finished finished;
    Bytes output;
    const ipc::SignerReport& signer(size_t index = 0) const { return finished.signers.at(index); }
};

struct Failure {
    ErrorCode code = ErrorCode::None;
    std::string message;
};

Answer verify(const Request& request);
Failure failure_of(const Request& request);

/// Made once for all tests: RSA keys take time.
struct People {
    Identity ca = make_ca();
    Identity rsa = issue(ca, TestKey::Rsa2048);
    Identity ec = issue(ca, TestKey::P256, {.common_name = "Bob Example", .serial = 3});
    std::vector<Bytes> anchors{pem_of(ca.certificate)};
};
const People& people();

}  // namespace cardseal::cms::test
