// SPDX-License-Identifier: LGPL-2.1-or-later
// Carries bytes between a terminal or another device and the daemon, which takes files, pipes and sockets only.
#include "command/relay.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "failure.hpp"

namespace cardseal::client {

namespace {

/// Whether all of it went out; errno says why not.
bool write_all(int sink, const char* bytes, size_t size) {
    while (size > 0) {
        const auto written = write(sink, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes += written;
        size -= static_cast<size_t>(written);
    }
    return true;
}

/// A thread that no signal is delivered to: they belong to the one that supervises the job.
template <class Function>
std::thread start_without_signals(Function function) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(function));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

bool wait_for(int source, int stop_event) {
    std::array<pollfd, 2> descriptors{{{source, POLLIN, 0}, {stop_event, POLLIN, 0}}};
    while (poll(descriptors.data(), descriptors.size(), -1) < 0 && errno == EINTR) {
    }
    return descriptors[0].revents != 0;
}

}  // namespace

bool Relay::is_needed_for(int descriptor) {
    struct stat file {};
    return fstat(descriptor, &file) == 0 && (S_ISCHR(file.st_mode) || S_ISBLK(file.st_mode));
}

Relay::Relay(int device, Direction direction) : device_(device), direction_(direction) {
    std::array<int, 2> ends{-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw errno_failure(ErrorCode::Internal, "cannot make a socket");
    our_end_ = Descriptor(ends[0]);
    daemon_end_ = Descriptor(ends[1]);
    // One way only: a program that watches the bus cannot turn the socket round.
    shutdown(daemon_end_.get(), direction == Direction::ToDaemon ? SHUT_WR : SHUT_RD);
    stop_event_ = Descriptor(eventfd(0, EFD_CLOEXEC));
    if (!stop_event_) throw errno_failure(ErrorCode::Internal, "cannot make an event");
    thread_ = start_without_signals([this] { run(); });
}

Relay::~Relay() { stop(); }

void Relay::finish() {
    stop();
    if (const int error = error_) {
        errno = error;
        throw errno_failure(ErrorCode::OutputFailed, "cannot write the output");
    }
}

void Relay::stop() {
    if (!thread_.joinable()) return;
    if (direction_ == Direction::ToDaemon) shutdown(our_end_.get(), SHUT_RDWR);  // it may wait for a reader
    eventfd_write(stop_event_.get(), 1);
    thread_.join();
}

void Relay::run() {
    const int source = direction_ == Direction::ToDaemon ? device_ : our_end_.get();
    const int sink = direction_ == Direction::ToDaemon ? our_end_.get() : device_;
    while (wait_for(source, stop_event_.get()) && copy_some(source, sink)) {
    }
    shutdown(our_end_.get(), SHUT_RDWR);
}

bool Relay::copy_some(int source, int sink) {
    std::array<char, 64 * 1024> buffer;
    const auto size = read(source, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0) return false;
    if (write_all(sink, buffer.data(), static_cast<size_t>(size))) return true;
    error_ = errno;
    return false;
}

}  // namespace cardseal::client
