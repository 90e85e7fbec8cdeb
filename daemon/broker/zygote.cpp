// SPDX-License-Identifier: LGPL-2.1-or-later
// Zygote: the process that has never seen mail and forks CMS workers, as the broker sees it.
#include "broker/zygote.hpp"

#include <array>

#include "ipc/zygote_messages.hpp"

namespace cardseal::broker {

using ipc::MessageType;

namespace {

constexpr auto passed_on = std::to_array<std::string_view>({"LANG", "LC_ALL", "LC_CTYPE", "JOURNAL_STREAM"});

[[noreturn]] void malformed() { throw Error(ErrorCode::Internal, "malformed internal message"); }

}  // namespace

Zygote::Zygote(EventLoop& loop, const std::string& program, uint64_t generation, Events events)
    : Zygote(loop, program, generation, std::move(events), make_packet_sockets()) {}

Zygote::Zygote(EventLoop& loop, const std::string& program, uint64_t generation, Events events, SocketPair sockets)
    : generation_(generation),
      events_(std::move(events)),
      channel_(std::move(sockets.ours)),
      process_(sandbox::start_process({.program = program,
                                       .arguments = {},
                                       .environment = sandbox::environment_of(passed_on),
                                       .channel = sockets.theirs.get()})),
      readable_(loop.when_readable(channel_.descriptor(), [this] { receive(); })) {}

void Zygote::fork_worker(Told<CmsWorker> told) {
    auto sockets = make_packet_sockets();
    const ipc::Header header{.type = MessageType::Fork, .request = next_request_++};
    const int descriptor = sockets.theirs.get();
    const auto sent = channel_.send(header, {}, std::span(&descriptor, 1), ipc::Waiting::Never);
    if (sent == ipc::SendResult::WouldBlock) return told(Error(ErrorCode::Busy, "cannot start a CMS worker"));
    // If it is gone, receive() will tell.
    asked_.emplace(header.request, Asked{ipc::Channel(std::move(sockets.ours)), std::move(told)});
}

void Zygote::retire() { (void)channel_.send({.type = MessageType::Retire}, {}, {}, ipc::Waiting::Never); }

void Zygote::receive() {
    try {
        ipc::NoPacket reason;
        while (readable_) {
            auto packet = channel_.receive(ipc::Waiting::Never, reason);
            if (packet)
                handle(std::move(*packet));
            else if (reason == ipc::NoPacket::PeerGone)
                fail(Error(ErrorCode::Internal, "the process that starts CMS workers died"));
            else
                return;
        }
    } catch (const Error&) {  // request loop: what a worker sends is not believed
        fail(Error(ErrorCode::Internal, "the process that starts CMS workers sent malformed bytes"));
    }
}

void Zygote::handle(ipc::Packet packet) {
    if (packet.header.type != MessageType::ChildExited) return answer(std::move(packet));
    const auto child = ipc::decode<ipc::ChildExited>(packet.payload);
    events_.child_ended(static_cast<pid_t>(child.pid), child.abnormal ? Ending::Abnormal : Ending::Expected);
}

void Zygote::answer(ipc::Packet packet) {
    const auto found = asked_.find(packet.header.request);
    if (found == asked_.end()) malformed();
    auto asked = std::move(found->second);
    asked_.erase(found);
    if (packet.header.type == MessageType::Failure) {
        const auto failure = ipc::decode<ipc::Failure>(packet.payload);
        return asked.told(Error(failure.code, failure.message));
    }
    if (packet.header.type != MessageType::Forked || packet.descriptors.size() != 1) malformed();
    const auto forked = ipc::decode<ipc::Forked>(packet.payload);
    asked.told(CmsWorker(std::move(asked.channel), std::move(packet.descriptors.front()),
                         static_cast<pid_t>(forked.pid), generation_));
}

void Zygote::fail(const Error& why) {
    readable_.reset();
    process_.kill();
    asked_.clear();
    events_.died(why);
}

}  // namespace cardseal::broker
