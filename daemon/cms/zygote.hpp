// SPDX-License-Identifier: LGPL-2.1-or-later
// Zygote: forks CMS workers at the broker's word and tells how they ended.
//
// What crosses here, and who is believed: only the broker speaks to a zygote, and only to ask for a fork. All children
// share the zygote's memory layout, so the broker replaces it after a child's abnormal death.
#pragma once

#include <functional>

#include "ipc/channel.hpp"

namespace cardseal::cms {

class Zygote {
public:
    /// Runs in the child; the process ends with status 0 when it returns, 1 when it throws.
    using Child = std::function<void(FileDescriptor channel)>;

    explicit Zygote(ipc::Channel broker);

    /// Serves until the broker goes away (children die with it) or retires it (children end first).
    int run(const Child& child);

private:
    enum class Heard { Nothing, Gone };

    Heard hear_broker(const Child& child);
    void fork_worker(ipc::Packet request, const Child& child);
    void report_ended_children();
    void tell(ipc::MessageType type, uint32_t request, ByteView payload, std::span<const int> descriptors = {});

    ipc::Channel broker_;
    FileDescriptor child_signals_;
    size_t children_ = 0;
    bool retired_ = false;
};

}  // namespace cardseal::cms
