// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal open: every layer of a message, told one by one, and the innermost content.
#include <cstdlib>

#include "command/commands.hpp"
#include "command/input_file.hpp"
#include "command/layers.hpp"
#include "command/output_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/supervision.hpp"

namespace cardseal::client {

namespace {

/// Where the output will be, so that no other disk sees the content; else where temporary files go.
std::string scratch_folder(const std::optional<FileName>& output) {
    if (output && !is_standard(*output)) {
        const auto slash = output->rfind('/');
        return slash == output->npos ? "." : output->substr(0, slash + 1);
    }
    const char* folder = std::getenv("TMPDIR");
    return folder && *folder ? folder : "/var/tmp";
}

bool writes_content(const Open& request) { return request.output || request.report == Report::People; }

FILE* report_stream(const Open& request) {
    const bool content_has_output = writes_content(request) && is_standard(request.output.value_or(""));
    return content_has_output ? stderr : stdout;
}

Layers open_told(const Open& request, int input) {
    const LayerOptions options{request.key, read_all_certificates(request.trust), scratch_folder(request.output)};
    size_t number = 0;
    const auto told = [&](const Layer& layer) {
        FILE* const stream = report_stream(request);
        if (request.report == Report::People) print(describe(layer, ++number, palette_of(stream)), stream);
    };
    Client client;
    Supervision supervision;
    return open_layers(client, input, options, told, supervision.watch());
}

}  // namespace

int run(const Open& request) {
    const InputFile input(request.input);
    std::optional<OutputFile> output;
    if (writes_content(request)) output.emplace(request.output.value_or(""), input.opened());

    const auto opened = open_told(request, input.descriptor());

    if (output && opened.content) {
        opened.content->copy_to(output->descriptor());
        output->finish();
    }
    if (request.report == Report::Json) print(to_json(opened));
    return opened.content ? done : answer_is_no;
}

}  // namespace cardseal::client
