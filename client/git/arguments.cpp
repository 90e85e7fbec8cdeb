// SPDX-License-Identifier: LGPL-2.1-or-later
// The two command lines that git has for a gpg.x509.program.
#include "git/arguments.hpp"

#include "command/command_line.hpp"
#include "failure.hpp"

namespace cardseal::client::git {

namespace {

constexpr auto description =
    "Signs and verifies git's commits and tags with keys on smart cards and HSMs.\n"
    "git runs it; to have it do so:\n\n"
    "  git config --global gpg.format x509\n"
    "  git config --global gpg.x509.program cardseal-git\n"
    "  git config --global user.signingkey KEY      (default: the committer's address)";

struct Words {
    std::string key;
    std::string signature;
    std::string payload;
    StatusDescriptor status;
    bool sign = false;
    bool detached = false;
    bool text = false;
};

void describe(CLI::App& root, Words& words) {
    name_program(root, "cardseal-git");
    root.add_option("--status-fd", words.status, "write status lines to this descriptor")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    auto* verify =
        root.add_option("--verify", words.signature, "verify this signature of standard input")->type_name("SIGNATURE");
    auto* sign = root.add_flag("-s", words.sign, "sign standard input")->excludes(verify);
    sign->needs(root.add_flag("-b", words.detached, "detached, as it must be"));
    sign->needs(root.add_flag("-a", words.text, "as text, as it must be"));
    root.add_option("-u", words.key, "sign with this key: a KEY of cardseal(1), or 'Name <address>'")
        ->type_name("KEY")
        ->needs(sign);
    root.add_option("PAYLOAD", words.payload, "'-', standard input")->type_name("")->needs(verify);
}

Error wrong_use(const std::string& message) { return failure(ErrorCode::InvalidArgs, message); }

Request request_of(const Words& words) {
    if (!is_standard(words.payload)) throw wrong_use("the payload is read from standard input: '-' is all it may be");
    if (!words.signature.empty()) return VerifyPayload{words.signature, words.status};
    if (!words.sign || words.key.empty())
        throw wrong_use("git calls this program with '-bsau KEY' or '--verify SIGNATURE -'");
    return SignPayload{key_of(words.key), words.status};
}

}  // namespace

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    Words words;
    describe(root, words);
    return parse<Request>(root, words_of(argument_count, arguments), [&] { return request_of(words); });
}

std::string key_of(const std::string& signing_key) {
    const auto open = signing_key.rfind('<');
    if (open == signing_key.npos || !signing_key.ends_with('>')) return signing_key;
    return signing_key.substr(open + 1, signing_key.size() - open - 2);
}

}  // namespace cardseal::client::git
