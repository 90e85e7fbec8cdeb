// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-cms-worker: the zygote that forks one sandboxed worker per job, and never sees mail itself.
#include <csignal>

#include "base/log.hpp"
#include "cms/serve.hpp"
#include "cms/zygote.hpp"
#include "sandbox/confinement.hpp"
#include "sandbox/hardening.hpp"

using namespace cardseal;

int main() {
    try {
        sandbox::harden_process();
        std::signal(SIGPIPE, SIG_IGN);  // an output that nobody reads any more is an error of its job
        sandbox::die_with_parent();
        sandbox::start_openssl_without_configuration();
        cms::warm_up();
        if (!sandbox::forbid_paths_and_ports())
            log(Severity::Notice, "this kernel has no Landlock: seccomp alone confines CMS workers");
        sandbox::limit_resources();
        auto filter = sandbox::compile_worker_filter();
        cms::Zygote zygote(ipc::Channel(FileDescriptor(ipc::inherited_channel)));
        return zygote.run([&](FileDescriptor channel) {
            sandbox::enter_filter(filter);
            cms::serve_jobs(ipc::Channel(std::move(channel)));
        });
    } catch (const Error& error) {
        log(Severity::Error, "cms worker: " + error.message());
        return 1;
    }
}
