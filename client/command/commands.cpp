// SPDX-License-Identifier: LGPL-2.1-or-later
// What the command does for each request: open, ask the daemon, close, report.
#include "command/commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>

#include "command/input_file.hpp"
#include "command/only_signing_key.hpp"
#include "command/output_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

/// A file of that name comes first: './a@b' is never an address.
bool is_address(const FileName& name) {
    return name.find('@') != name.npos && name.find('/') == name.npos && access(name.c_str(), F_OK) != 0;
}

/// One file, one recipient: a file with an authority's certificate behind must not make the authority a recipient.
std::vector<std::vector<uint8_t>> read_recipients(const std::vector<FileName>& names) {
    std::vector<std::vector<uint8_t>> recipients;
    for (const auto& name : names) {
        const auto certificates = read_certificates(name);
        if (certificates.size() > 1)
            throw failure(ErrorCode::InvalidArgs, "'" + printable(name) + "' holds " +
                                                      std::to_string(certificates.size()) +
                                                      " certificates: --to takes a file with the recipient's alone");
        recipients.push_back(certificates.front());
    }
    return recipients;
}

template <class Options>
Options with_prompt(Options options) {
    options.prompt = Prompt::of_this_process();
    return options;
}

}  // namespace

int run(const ShowText& request) {
    print(request.text);
    return done;
}

int run(const List& request) {
    Supervision supervision;
    KeyFilter filter;
    filter.certificate = "any";
    filter.verdicts = Verdicts::Wanted;
    const auto keys = Client().list(filter, supervision.watch());
    print(request.report == Report::Json ? to_json(keys) : describe(keys, palette_of(stdout)));
    if (keys.empty() && request.report == Report::People) print("no token that is present has a key\n", stderr);
    return done;
}

int run(const ShowStatus& request) {
    Supervision supervision;
    const auto status = Client().status(supervision.watch());
    print(request.report == Report::Json ? to_json(status) : describe(status, palette_of(stdout)));
    return done;
}

int run(const Sign& request) {
    if (request.options.format == Format::Der) refuse_binary_to_terminal(request.output);
    const InputFile input(request.input);
    OutputFile output(request.output, input.opened());
    Supervision supervision;
    Client client;
    const auto keys =
        request.keys.empty() ? std::vector{only_signing_key(client, "--key", supervision.watch())} : request.keys;
    client.sign(keys, input.descriptor(), output.descriptor(), with_prompt(request.options), supervision.watch());
    output.finish();
    return done;
}

int run(const Verify& request) {
    const InputFile input(request.input);
    std::optional<InputFile> content;
    std::optional<OutputFile> output;
    if (request.content) content.emplace(*request.content);
    if (request.output) output.emplace(*request.output, content ? content->opened() : input.opened());

    VerifyOptions options;
    options.content = content ? content->descriptor() : -1;
    options.output = output ? output->descriptor() : -1;
    options.trust = read_all_certificates(request.trust);
    options.time = request.time;
    options.from = request.from;
    options.part = request.part;
    Supervision supervision;
    const auto verification = Client().verify(input.descriptor(), options, supervision.watch());

    if (output && verification.valid) output->finish();
    FILE* const stream = request.output && is_standard(*request.output) ? stderr : stdout;
    print(request.report == Report::Json ? to_json(verification) : describe(verification, palette_of(stream)), stream);
    return verification.valid ? done : answer_is_no;
}

int run(const Encrypt& request) {
    if (request.options.format == Format::Der) refuse_binary_to_terminal(request.output);
    auto files = request.recipients;
    const auto addresses = std::stable_partition(files.begin(), files.end(), std::not_fn(is_address));
    auto options = with_prompt(request.options);
    options.addresses.assign(addresses, files.end());
    files.erase(addresses, files.end());
    const auto recipients = read_recipients(files);
    const InputFile input(request.input);
    OutputFile output(request.output, input.opened());
    Supervision supervision;
    Client().encrypt(recipients, input.descriptor(), output.descriptor(), options, supervision.watch());
    output.finish();
    return done;
}

int run(const Decrypt& request) {
    const InputFile input(request.input);
    OutputFile output(request.output, input.opened());
    Supervision supervision;
    const auto decryption =
        Client().decrypt(input.descriptor(), output.descriptor(), with_prompt(request.options), supervision.watch());
    output.finish();
    if (request.report == Report::Json) {
        print(to_json(decryption));
        return done;
    }
    print(describe(decryption.headers), is_standard(request.output) ? stderr : stdout);
    for (const auto& note : decryption.notes) print("note: " + printable(note) + "\n", stderr);
    print(describe_uncovered(decryption.parts, "encrypted"), stderr);
    return done;
}

}  // namespace cardseal::client
