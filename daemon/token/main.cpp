// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-token-worker MODULE [INIT_ARGS [poll]]: the process that holds one PKCS#11 module and serves the broker's
// channel.
#include <fcntl.h>
#include <unistd.h>
#include <climits>
#include <cstring>

#include "base/log.hpp"
#include "sandbox/hardening.hpp"
#include "token/serve.hpp"
#include "token/slot_watch.hpp"

using namespace cardseal;

namespace {

constexpr const char* poll_word = "poll";

struct Arguments {
    const char* program;
    std::string module;
    std::string init_args;
    token::SlotEvents events;
};

Arguments read_arguments(int argc, char** argv) {
    const bool polls = argc == 4 && std::strcmp(argv[3], poll_word) == 0;
    if (argc < 2 || argc > 3 + (polls ? 1 : 0))
        throw Error(ErrorCode::InvalidArgs, "usage: cardseal-token-worker MODULE [INIT_ARGS [poll]]");
    return {argv[0], argv[1], argc > 2 ? argv[2] : "",
            polls ? token::SlotEvents::Poll : token::SlotEvents::WaitIfPossible};
}

/// In place of this process, whose threads are stuck in the module: the same once more, with the same channel, in which
/// the broker's requests wait unread.
[[noreturn]] void start_again_polling(const Arguments& arguments) {
    log(Severity::Warning, "module " + arguments.module + ": it does nothing else while it waits: polling");
    if (fcntl(ipc::inherited_channel, F_SETFD, 0) != 0 ||
        close_range(ipc::inherited_channel + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0)
        throw_errno(ErrorCode::Internal, "cannot keep the channel");
    execl("/proc/self/exe", arguments.program, arguments.module.c_str(), arguments.init_args.c_str(), poll_word,
          nullptr);
    throw_errno(ErrorCode::Internal, "cannot start again");
}

token::SlotWatch::End serve(const ipc::Channel& channel, const token::Module& module, const Arguments& arguments) {
    token::Tokens tokens(module);
    token::SlotWatch watch(module, tokens, arguments.events, [&channel] { token::tell_tokens_changed(channel); });
    if (watch.stalls()) start_again_polling(arguments);
    token::serve(channel, tokens);
    const auto end = watch.end();
    if (end == token::SlotWatch::End::Hanging) _exit(0);
    return end;
}

/// The broker tells people why there is no module, so it must know.
int hold_module(const ipc::Channel& channel, const Arguments& arguments) {
    try {
        const token::Module module(arguments.module, arguments.init_args);
        if (serve(channel, module, arguments) == token::SlotWatch::End::Waiting) _exit(0);
        return 0;
    } catch (const Error& error) {
        token::tell_end(channel, error);
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto arguments = read_arguments(argc, argv);
        sandbox::harden_process();
        sandbox::die_with_parent();
        sandbox::start_openssl_without_configuration();
        const ipc::Channel channel{FileDescriptor(ipc::inherited_channel)};
        return hold_module(channel, arguments);
    } catch (const Error& error) {
        log(Severity::Error, "token worker: " + error.message());
        return 1;
    }
}
