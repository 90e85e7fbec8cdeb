// SPDX-License-Identifier: LGPL-2.1-or-later
// SlotWatch: a thread that notices tokens and readers that come and go.
//
// A module that can is waited for in C_WaitForSlotEvent. One that cannot (SoftHSM, p11-kit's proxy), or whose wait
// fails (pcscd is gone), is polled: its list of slots and their CK_SLOT_INFO, which no card is asked for. A failed wait
// is tried again later.
//
// There are modules that hold one lock for all their functions, the wait included: everything else would stop until a
// card moves. So the wait is tried before the process serves anybody, with another call beside it; if that does not
// come back, the process is of no more use and starts again in place, polling (`stalls`).
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "token/tokens.hpp"

namespace cardseal::token {

enum class SlotEvents { WaitIfPossible, Poll };

class SlotWatch {
public:
    /// `changed` is called in the watch's thread, perhaps once too often. All must outlive the thread's end.
    SlotWatch(const Module& module, Tokens& tokens, SlotEvents events, std::function<void()> changed);
    SlotWatch(const SlotWatch&) = delete;
    SlotWatch& operator=(const SlotWatch&) = delete;
    ~SlotWatch();

    /// Does the module serve nothing else while it waits? Then nothing in this process can be relied on.
    bool stalls() const;

    /// Waiting: the thread is in the module and will touch nothing of ours any more. Only C_Finalize would wake it, and
    /// modules crash there that free what it waits with: better to end without. Hanging: it may still touch the tokens.
    enum class End { Ended, Waiting, Hanging };
    End end();

private:
    class Watching;
    /// Owners: this and the thread, which may have to be left behind.
    std::shared_ptr<Watching> watching_;
    std::thread thread_;
};

}  // namespace cardseal::token
