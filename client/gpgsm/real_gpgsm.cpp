// SPDX-License-Identifier: LGPL-2.1-or-later
// The gpgsm of GnuPG, which answers for everything that Cardseal does not have.
#include "gpgsm/real_gpgsm.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "failure.hpp"

extern char** environ;

namespace cardseal::gpgsm {

namespace {

constexpr auto connection_variable = "_assuan_connection_fd";

std::array<Descriptor, 2> socket_pair() {
    std::array<int, 2> ends{-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw client::errno_failure(ErrorCode::Internal, "cannot make a socket");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<std::string> environment_with(int connection) {
    const std::string name = std::string(connection_variable) + "=";
    std::vector<std::string> variables{name + std::to_string(connection)};
    for (char** variable = environ; *variable; ++variable)
        if (!std::string_view(*variable).starts_with(name)) variables.emplace_back(*variable);
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (auto& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

/// The end is at the same number in the new process, open there and nowhere else.
pid_t start(const std::string& path, std::vector<std::string> arguments, int end) {
    arguments.insert(arguments.begin(), path);
    auto environment = environment_with(end);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, end);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);  // ignored here
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t process = -1;
    const int error = posix_spawn(&process, path.c_str(), &actions, &attributes, pointers(arguments).data(),
                                  pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? process : -1;
}

bool is_last(const std::string& line) {
    return line == "OK" || line.starts_with("OK ") || line == "ERR" || line.starts_with("ERR ");
}

}  // namespace

RealGpgsm::RealGpgsm(const std::string& path, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& options)
    : RealGpgsm(socket_pair(), path, arguments, options) {}

RealGpgsm::RealGpgsm(std::array<Descriptor, 2> ends, const std::string& path, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& options)
    : end_(std::move(ends[0])),
      channel_(end_.get(), end_.get()),
      process_(start(path, arguments, ends[1].get())),
      unheard_(1 + options.size()) {
    ends[1].close();
    for (const auto& option : options) channel_.write_line("OPTION " + option);
}

RealGpgsm::~RealGpgsm() {
    end_.close();  // which ends it where it listens
    if (process_ > 0 && lost_) kill(process_, SIGTERM);
    if (process_ > 0) waitpid(process_, nullptr, 0);
}

std::optional<std::string> RealGpgsm::pass_on(const std::string& command, Channel& caller) {
    channel_.write_line(command);
    return answer(caller, [&](const std::string& line) {
        caller.write_line(line);
        if (line.starts_with("INQUIRE ")) pass_on_inquiry(caller);
    });
}

std::optional<std::string> RealGpgsm::send_descriptor(const std::string& command, int descriptor,
                                                      const Channel& caller) {
    channel_.write_line_with("# a descriptor", descriptor);
    channel_.write_line(command);
    return answer(caller, [](const auto&) {});
}

std::optional<std::string> RealGpgsm::ask(const std::string& command, const Channel& caller) {
    begin(command);
    return result(caller);
}

void RealGpgsm::begin(const std::string& command) { channel_.write_line(command); }

std::optional<std::string> RealGpgsm::result(const Channel& caller) {
    std::string data;
    const auto last = answer(caller, [&](const std::string& line) {
        if (line.starts_with("D ")) data += unescape(std::string_view(line).substr(2));
        if (line.starts_with("INQUIRE ")) channel_.write_line("CAN");
    });
    return last && last->starts_with("OK") ? std::optional(data) : std::nullopt;
}

std::optional<std::string> RealGpgsm::answer(const Channel& caller, const Take& take) {
    for (; unheard_ > 0 && !lost_; --unheard_) next_answer(caller, [](const auto&) {});
    return lost_ ? std::nullopt : next_answer(caller, take);
}

std::optional<std::string> RealGpgsm::next_answer(const Channel& caller, const Take& take) {
    while (auto line = channel_.read_line(caller.out())) {
        if (is_last(line->text)) return std::move(line->text);
        if (!is_silent(line->text)) take(line->text);
    }
    lost_ = true;
    return {};
}

/// Up to the line that ends it, or that has no place in it, which is gpgsm's to judge. Data that cannot be passed on
/// whole is not passed on as if it were: the inquiry is cancelled then.
void RealGpgsm::pass_on_inquiry(Channel& caller) {
    bool is_whole = true;
    while (const auto line = caller.read_line()) {
        is_whole = is_whole && line->defect != Defect::TooLong;
        const auto name = parse_command(line->text).name;
        const bool goes_on = name == "D" || is_silent(line->text);
        if (!is_whole && goes_on) continue;
        const auto text = is_whole ? line->text : "CAN";
        const auto descriptor = caller.take_descriptor();
        if (descriptor)
            channel_.write_line_with(text, descriptor.get());
        else
            channel_.write_line(text);
        if (!goes_on) return;
    }
}

}  // namespace cardseal::gpgsm
