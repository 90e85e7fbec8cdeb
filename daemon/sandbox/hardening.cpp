// SPDX-License-Identifier: LGPL-2.1-or-later
// What each process takes away from itself at its start.
#include "sandbox/hardening.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>

#include "base/error.hpp"

namespace cardseal::sandbox {

void harden_process() {
    const rlimit no_core{0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        throw_errno(ErrorCode::Internal, "cannot harden the process");
    umask(077);
}

void die_with_parent() {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) throw_errno(ErrorCode::Internal, "cannot tie the process to its parent");
    // The parent may have died before the call; its channel is then closed and the request loop ends at once.
}

void start_openssl_without_configuration() {
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1)
        throw Error(ErrorCode::Internal, "cannot start libcrypto");
}

}  // namespace cardseal::sandbox
