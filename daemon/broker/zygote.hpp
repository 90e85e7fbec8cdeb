// SPDX-License-Identifier: LGPL-2.1-or-later
// Zygote: the process that has never seen mail and forks CMS workers, as the broker sees it.
#pragma once

#include <map>

#include "broker/cms_worker.hpp"
#include "broker/event_loop.hpp"
#include "broker/outcome.hpp"
#include "sandbox/process.hpp"

namespace cardseal::broker {

class Zygote {
public:
    enum class Ending { Expected, Abnormal };
    /// Neither may destroy the zygote before the loop is back.
    struct Events {
        std::function<void(pid_t pid, Ending ending)> child_ended;
        std::function<void(Error)> died;  ///< itself, or it was retired and is done
    };
    Zygote(EventLoop& loop, const std::string& program, uint64_t generation, Events events);
    Zygote(const Zygote&) = delete;
    Zygote& operator=(const Zygote&) = delete;

    /// A new worker; Busy if the system refuses another process. Never told if the zygote dies.
    void fork_worker(Told<CmsWorker> told);
    size_t being_forked() const { return asked_.size(); }
    bool gone() const { return !readable_; }
    /// No more forks; it ends when its last child has.
    void retire();

private:
    struct Asked {
        ipc::Channel channel;  ///< our end of the new worker's
        Told<CmsWorker> told;
    };

    Zygote(EventLoop& loop, const std::string& program, uint64_t generation, Events events, SocketPair sockets);
    void receive();
    void handle(ipc::Packet packet);
    void answer(ipc::Packet packet);
    void fail(const Error& why);

    uint64_t generation_;
    Events events_;
    ipc::Channel channel_;
    sandbox::Process process_;
    std::map<uint32_t, Asked> asked_;
    uint32_t next_request_ = 1;
    Watch readable_;
};

}  // namespace cardseal::broker
