// SPDX-License-Identifier: LGPL-2.1-or-later
// Broker and zygote: the process that has never seen mail and forks CMS workers.
//
//   Fork + fd (the new worker's channel end) -> Forked + pidfd | Failure
//   Retire                                    : no more forks; exit when the last child has ended
//   the zygote tells, unasked, ChildExited for each child
#pragma once

#include "ipc/codec.hpp"

namespace cardseal::ipc {

struct Forked {
    uint32_t pid = 0;

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(pid);
    }
};

struct ChildExited {
    uint32_t pid = 0;
    bool abnormal = false;  ///< by a signal other than the broker's SIGKILL, or with a status other than 0

    template <class Codec>
    void fields(Codec& codec) {
        codec.number(pid);
        codec.flag(abnormal);
    }
};

}  // namespace cardseal::ipc
