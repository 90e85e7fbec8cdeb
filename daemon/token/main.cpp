// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-token-worker MODULE: the process that holds one PKCS#11 module and serves the broker's channel.
#include "base/log.hpp"
#include "sandbox/hardening.hpp"
#include "token/serve.hpp"

using namespace cardseal;

int main(int argc, char** argv) {
    try {
        if (argc != 2) throw Error(ErrorCode::InvalidArgs, "usage: cardseal-token-worker MODULE");
        sandbox::harden_process();
        sandbox::die_with_parent();
        sandbox::start_openssl_without_configuration();
        const ipc::Channel channel{FileDescriptor(ipc::inherited_channel)};
        const token::Module module(argv[1]);
        token::Tokens tokens(module);
        token::serve(channel, tokens);
        return 0;
    } catch (const Error& error) {
        log(Severity::Error, "token worker: " + error.message());
        return 1;
    }
}
