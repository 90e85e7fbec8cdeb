// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the methods' options: defaults, choices, and refusals that name the option.
#include "broker/options.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "catch.hpp"
#include "refusal.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

template <class Value>
Options options_of(const std::string& name, const Value& value) {
    return Options({{name, sdbus::Variant(value)}});
}

/// Runs a reader of options and requires InvalidArgs that names the option.
template <class Reader>
void require_refused(const std::string& name, Options options, Reader reader) {
    const auto refusal = refusal_of([&] {
        reader(options);
        options.refuse_unknown();
        return 0;
    });
    CHECK(refusal.code() == ErrorCode::InvalidArgs);
    CHECK_THAT(refusal.message(), ContainsSubstring("'" + name + "'"));
}

const std::string text(const char* value) { return value; }

}  // namespace

TEST_CASE("options: without any, the defaults are those of the interface") {
    Options none({});

    const auto sign = take_sign_options(none);
    const auto encrypt = take_encrypt_options(none);
    const auto prompt = take_prompt_setup(none, Interaction::None);
    none.refuse_unknown();

    CHECK(sign.form == ipc::OutputForm::Smime);
    CHECK(sign.detachment == ipc::Detachment::Detached);
    CHECK_FALSE(sign.digest);
    CHECK(sign.padding == SignaturePadding::Pkcs1);
    CHECK_FALSE(encrypt.cipher);
    CHECK_FALSE(encrypt.rsa_transport);
    CHECK(encrypt.profile == ipc::EncryptionProfile::Compatible);
    CHECK(encrypt.addresses.empty());
    CHECK(prompt.interaction == Interaction::None);
    CHECK(take_handle_token(none).empty());
}

TEST_CASE("options: what a caller works for is a pidfd, and its program's label is taken") {
    const auto read = [](Options& options) { return take_prompt_setup(options, Interaction::None).on_behalf_of; };
    const auto given = [](int descriptor) {
        return options_of("on_behalf_of", sdbus::UnixFd(descriptor, sdbus::adopt_fd));
    };
    auto own = given(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));

    CHECK_THAT(read(own), ContainsSubstring(" [" + std::to_string(getpid()) + "]"));
    require_refused("on_behalf_of", given(open("/proc/self/stat", O_RDONLY | O_CLOEXEC)), read);
    require_refused("on_behalf_of", options_of("on_behalf_of", uint64_t{1}), read);
}

TEST_CASE("options: every choice is taken") {
    Options options({{"format", sdbus::Variant(text("pem"))},
                     {"opaque", sdbus::Variant(true)},
                     {"digest", sdbus::Variant(text("sha384"))},
                     {"padding", sdbus::Variant(text("pss"))},
                     {"certificates", sdbus::Variant(text("signer"))}});

    const auto sign = take_sign_options(options);
    options.refuse_unknown();

    CHECK(sign.form == ipc::OutputForm::Pem);
    CHECK(sign.detachment == ipc::Detachment::Opaque);
    CHECK(sign.digest == Digest::Sha384);
    CHECK(sign.padding == SignaturePadding::Pss);
    CHECK(sign.certificates == ipc::IncludedCertificates::Signer);
}

TEST_CASE("options: byte arrays and numbers are taken") {
    Options options(
        {{"time", sdbus::Variant(uint64_t{5})}, {"trust", sdbus::Variant(std::vector<Bytes>{{1, 2}, {}, {3}})}});

    const auto verify = take_verify_options(options);

    CHECK(verify.time == 5);
    CHECK(verify.trust == std::vector<Bytes>{{1, 2}, {}, {3}});
}

TEST_CASE("options, row 96: a wrong type is InvalidArgs naming the option") {
    require_refused("format", options_of("format", true), take_sign_options);
    require_refused("opaque", options_of("opaque", text("yes")), take_sign_options);
    require_refused("message", options_of("message", text("yes")), take_sign_options);
    require_refused("certificates", options_of("certificates", uint64_t{1}), take_sign_options);
    require_refused("certificates", options_of("certificates", text("root")), take_sign_options);
    require_refused("protect_headers", options_of("protect_headers", uint64_t{1}), take_encrypt_options);
    require_refused("key", options_of("key", uint64_t{1}), take_decrypt_options);
    require_refused("time", options_of("time", uint32_t{1}), take_verify_options);
    require_refused("trust", options_of("trust", Bytes{1}), take_verify_options);
    require_refused("content", options_of("content", text("/etc/passwd")),
                    [](Options& options) { return take_descriptor(options, "content"); });
    require_refused("handle_token", options_of("handle_token", uint64_t{1}), take_handle_token);
    require_refused("email", options_of("email", uint64_t{1}), take_key_filter);
}

TEST_CASE("options, row 97: an unknown option is InvalidArgs naming it") {
    require_refused("fromat", options_of("fromat", text("der")), take_sign_options);
    require_refused("cipher", options_of("cipher", text("aes-256-cbc")), take_sign_options);
    require_refused("opaque", options_of("opaque", true), take_decrypt_options);
}

TEST_CASE("options: a mail is S/MIME, and only a mail has headers to protect") {
    const auto yes = sdbus::Variant(true);
    const auto sign_with = [](OptionMap map) {
        Options options(std::move(map));
        return take_sign_options(options).header_protection;
    };
    CHECK(sign_with({{"message", yes}}) == ipc::HeaderProtection::None);
    CHECK(sign_with({{"message", yes}, {"protect_headers", yes}}) == ipc::HeaderProtection::Clear);
    CHECK(sign_with({{"message", yes}, {"protect_headers", yes}, {"to_be_encrypted", yes}}) ==
          ipc::HeaderProtection::Cipher);
    Options encrypt({{"message", yes}, {"protect_headers", yes}});
    CHECK(take_encrypt_options(encrypt).header_protection == ipc::HeaderProtection::Cipher);

    const Options der({{"message", yes}, {"format", sdbus::Variant(text("der"))}});
    require_refused("message", der, take_sign_options);
    require_refused("message", der, take_encrypt_options);
    require_refused("protect_headers", options_of("protect_headers", true), take_sign_options);
    require_refused("protect_headers", options_of("protect_headers", true), take_encrypt_options);
    require_refused("to_be_encrypted", options_of("to_be_encrypted", true), take_sign_options);
    require_refused("to_be_encrypted", options_of("to_be_encrypted", true), take_encrypt_options);
}

TEST_CASE("options: a value outside the choices is InvalidArgs naming the option") {
    require_refused("digest", options_of("digest", text("sha1")), take_sign_options);
    require_refused("cipher", options_of("cipher", text("des-ede3-cbc")), take_encrypt_options);
    require_refused("usage", options_of("usage", text("wrap")), take_key_filter);
    require_refused("usage", options_of("usage", text("decrypt")), take_certificate_filter);
    require_refused("algorithm", options_of("algorithm", text("dsa")), take_generate_options);
    require_refused("usage", options_of("usage", text("verify")), take_generate_options);
    require_refused("label", options_of("label", std::string(65, 'x')), take_generate_options);
    require_refused("label", options_of("label", text("a\nb")), take_generate_options);
    require_refused("addresses", options_of("addresses", std::vector<std::string>()), take_request_options);
    require_refused("addresses", options_of("addresses", std::vector<std::string>(17, "a@b")), take_request_options);
    require_refused("certificate", options_of("certificate", text("none")), take_key_filter);
    require_refused("profile", options_of("profile", text("paranoid")), take_encrypt_options);
    require_refused("addresses", options_of("addresses", std::vector<std::string>{""}), take_encrypt_options);
    require_refused("addresses", options_of("addresses", std::vector<std::string>(257, "a@b")), take_encrypt_options);
    require_refused("fingerprint", options_of("fingerprint", text("0123456")), take_certificate_filter);
    require_refused("fingerprint", options_of("fingerprint", text("../../etc")), take_certificate_filter);
    require_refused("key", options_of("key", text("")), take_decrypt_options);
    require_refused("verdicts", options_of("verdicts", text("true")), take_key_filter);
}

TEST_CASE("options: a handle token is 1 to 64 letters, digits and underscores") {
    const auto token_of = [](const std::string& token) {
        auto options = options_of("handle_token", token);
        return take_handle_token(options);
    };
    CHECK(token_of("a_Z9") == "a_Z9");
    CHECK(token_of(std::string(64, 'x')).size() == 64);

    for (const auto& bad : {text(""), std::string(65, 'x'), text("a/b"), text("a-b"), text("ä")})
        require_refused("handle_token", options_of("handle_token", bad), take_handle_token);
}

TEST_CASE("options: a terminal's name cannot smuggle a line into pinentry's dialogue") {
    require_refused("ttyname", options_of("ttyname", text("/dev/tty\nGETPIN")),
                    [](Options& options) { return take_prompt_setup(options, Interaction::Allowed); });
}

TEST_CASE("options: a part is a path of numbers, empty for the whole message, or not given") {
    Options none({});
    CHECK_FALSE(take_verify_options(none).part.given);
    for (const auto* path : {"", "1", "12.3.10"}) {
        auto options = options_of("part", text(path));
        const auto part = take_decrypt_options(options).part;
        CHECK(part.given);
        CHECK(part.path == path);
    }
    for (const auto& path : {std::string("0"), std::string("1."), std::string(".1"), std::string("1..2"),
                             std::string("1.02"), std::string("a"), std::string("1/2"), std::string(300, '1')})
        require_refused("part", options_of("part", path), take_verify_options);
}
