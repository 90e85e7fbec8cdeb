// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-token-worker MODULE [poll]: the process that holds one PKCS#11 module and serves the broker's channel.
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

/// In place of this process, whose threads are stuck in the module: the same once more, with the same channel, in which
/// the broker's requests wait unread.
[[noreturn]] void start_again_polling(const char* program, const char* module) {
    log(Severity::Warning, std::string("module ") + module + ": it does nothing else while it waits: polling");
    if (fcntl(ipc::inherited_channel, F_SETFD, 0) != 0 ||
        close_range(ipc::inherited_channel + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0)
        throw_errno(ErrorCode::Internal, "cannot keep the channel");
    execl("/proc/self/exe", program, module, "poll", nullptr);
    throw_errno(ErrorCode::Internal, "cannot start again");
}

token::SlotWatch::End serve(const ipc::Channel& channel, const token::Module& module, const char* program,
                            const char* path, token::SlotEvents events) {
    token::Tokens tokens(module);
    token::SlotWatch watch(module, tokens, events, [&channel] { token::tell_tokens_changed(channel); });
    if (watch.stalls()) start_again_polling(program, path);
    token::serve(channel, tokens);
    const auto end = watch.end();
    if (end == token::SlotWatch::End::Hanging) _exit(0);
    return end;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const bool polls = argc == 3 && std::strcmp(argv[2], "poll") == 0;
        if (argc != 2 && !polls) throw Error(ErrorCode::InvalidArgs, "usage: cardseal-token-worker MODULE [poll]");
        sandbox::harden_process();
        sandbox::die_with_parent();
        sandbox::start_openssl_without_configuration();
        const ipc::Channel channel{FileDescriptor(ipc::inherited_channel)};
        const token::Module module(argv[1]);
        const auto events = polls ? token::SlotEvents::Poll : token::SlotEvents::WaitIfPossible;
        if (serve(channel, module, argv[0], argv[1], events) == token::SlotWatch::End::Waiting) _exit(0);
        return 0;
    } catch (const Error& error) {
        log(Severity::Error, "token worker: " + error.message());
        return 1;
    }
}
