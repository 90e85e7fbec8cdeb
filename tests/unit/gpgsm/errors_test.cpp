// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers that GnuPG's programs act on, as the real gpgsm was heard to say them.
#include "gpgsm/errors.hpp"
#include "catch.hpp"
#include "error_table.hpp"
#include "failure.hpp"

using namespace cardseal;
using namespace cardseal::gpgsm;

namespace {

std::string line_of(ErrorCode code) { return error_line(error_of(client::failure(code, "why"))); }

}  // namespace

TEST_CASE("gpgsm errors: those that programs act on have gpgsm's numbers") {
    CHECK(line_of(ErrorCode::BadMessage) == "ERR 50331706 No data <GpgSM>");
    CHECK(line_of(ErrorCode::NoMatchingKey) == "ERR 50331665 No secret key <GpgSM>");
    CHECK(line_of(ErrorCode::PinCancelled) == "ERR 83886179 Operation cancelled <Pinentry>");
    CHECK(line_of(ErrorCode::Cancelled) == "ERR 83886179 Operation cancelled <Pinentry>");
    CHECK(line_of(ErrorCode::PinTimeout) == "ERR 83886142 Timeout <Pinentry>");
    CHECK(line_of(ErrorCode::Internal) == "ERR 50331649 General error <GpgSM>");
}

TEST_CASE("gpgsm errors: every error of the daemon but its own defect says more than 'general error'") {
    for (const auto& entry : error_table) {
        if (entry.code == ErrorCode::Internal) continue;
        INFO(entry.dbus_name);
        CHECK(gpg_err_code(error_of(client::failure(entry.code, "why"))) != GPG_ERR_GENERAL);
    }
}
