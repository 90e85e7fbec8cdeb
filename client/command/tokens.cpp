// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that look after tokens.
#include "command/cancel_signals.hpp"
#include "command/commands.hpp"
#include "command/input_file.hpp"
#include "command/output_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/text.hpp"

namespace cardseal::client {

int run(const Unlock& request) {
    const CancelSignals signals;
    Client().unlock(request.token, Prompt::of_this_process(), {{}, signals.descriptor()});
    return 0;
}

int run(const Lock& request) {
    const CancelSignals signals;
    const Watch watch{{}, signals.descriptor()};
    if (request.token.empty())
        Client().lock(watch);
    else
        Client().lock(request.token, watch);
    return 0;
}

int run(const ChangePin& request) {
    const CancelSignals signals;
    Client().change_pin(request.token, Prompt::of_this_process(), {{}, signals.descriptor()});
    return 0;
}

int run(const UnblockPin& request) {
    const CancelSignals signals;
    Client().unblock_pin(request.token, Prompt::of_this_process(), {{}, signals.descriptor()});
    return 0;
}

int run(const GenerateKey& request) {
    const CancelSignals signals;
    auto options = request.options;
    options.prompt = Prompt::of_this_process();
    const auto key = Client().generate_key(request.token, options, {{}, signals.descriptor()});
    print(request.report == Report::Json ? to_json(key) : printable(key.id) + "\n");
    return 0;
}

int run(const RequestCertificate& request) {
    if (request.format == Format::Der) refuse_binary_to_terminal(request.output);
    const CancelSignals signals;
    auto options = request.options;
    options.prompt = Prompt::of_this_process();
    const auto der = Client().request_certificate(request.key, options, {{}, signals.descriptor()});
    write_output(request.output,
                 request.format == Format::Der ? std::string(der.begin(), der.end()) : pem("CERTIFICATE REQUEST", der));
    return 0;
}

int run(const StoreCertificate& request) {
    std::vector<uint8_t> file;
    for (const auto& certificate : read_certificates(request.file))
        file.insert(file.end(), certificate.begin(), certificate.end());
    const CancelSignals signals;
    auto options = request.options;
    options.prompt = Prompt::of_this_process();
    const auto result = Client().store_certificate(file, options, {{}, signals.descriptor()});
    if (request.report == Report::Json) {
        print(to_json(result));
        return 0;
    }
    for (const auto& fingerprint : result.stored) print(printable(fingerprint) + "\n");
    for (const auto& fingerprint : result.present)
        print("note: " + printable(fingerprint) + " is on the token '" + printable(result.token) + "' already\n",
              stderr);
    return 0;
}

}  // namespace cardseal::client
