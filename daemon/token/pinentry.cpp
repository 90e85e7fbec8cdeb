// SPDX-License-Identifier: LGPL-2.1-or-later
// Pinentry: the conversation with the program that asks a person for a PIN.
#include "token/pinentry.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "token/assuan.hpp"

namespace cardseal::token {

namespace {

int milliseconds_until(Deadline deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 3'600'000));
}

/// SETTIMEOUT counts in seconds; ours is the finer one, so theirs rounds up.
std::string seconds_until(Deadline deadline) { return std::to_string(milliseconds_until(deadline) / 1000 + 1); }

bool is_plain(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

/// OPTION has no escapes: a line feed in a value would be a command of its own.
bool is_option_line(const std::string& option) { return is_plain(option) && option.size() <= max_assuan_line - 7; }

NoAnswer reason_of(unsigned error) {
    switch (error) {
        case assuan_cancelled:
        case assuan_fully_cancelled:
        case assuan_not_confirmed:
            return NoAnswer::Cancelled;
        case assuan_timeout:
            return NoAnswer::TimedOut;
        default:
            return NoAnswer::Failed;
    }
}

/// "Wrong PIN, one try left."
std::string as_sentence(std::string text) {
    if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text + ".";
}

}  // namespace

Pinentry::~Pinentry() { (void)write_line("BYE\n"); }

bool Pinentry::write_line(const std::string& line) {
    ByteView rest = bytes_of(line);
    while (!rest.empty()) {
        // A program that does not read its commands is as good as dead: the socket's buffer holds a whole conversation.
        const auto written = send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        rest = rest.subspan(static_cast<size_t>(written));
    }
    return true;
}

/// A line without its line feed; it is valid, and in memory, until the next one is read.
std::variant<ByteView, NoAnswer> Pinentry::read_line(Deadline deadline) {
    const auto bytes = buffer_.reveal();
    std::copy(bytes.begin() + static_cast<ptrdiff_t>(consumed_), bytes.begin() + static_cast<ptrdiff_t>(filled_),
              bytes.begin());
    filled_ -= std::exchange(consumed_, 0);
    wipe(bytes.subspan(filled_));
    for (;;) {
        const auto line_feed = std::ranges::find(bytes.first(filled_), '\n');
        const auto size = static_cast<size_t>(line_feed - bytes.begin());
        if (size < filled_) {
            consumed_ = size + 1;
            return ByteView(bytes.first(size));
        }
        if (filled_ == bytes.size()) return NoAnswer::Failed;
        pollfd waiting{socket_.get(), POLLIN, 0};
        const int ready = poll(&waiting, 1, milliseconds_until(deadline));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return NoAnswer::TimedOut;
        const auto count = recv(socket_.get(), bytes.data() + filled_, bytes.size() - filled_, MSG_DONTWAIT);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count <= 0) return NoAnswer::Failed;
        filled_ += static_cast<size_t>(count);
    }
}

Pinentry::Answer Pinentry::read_reply(Deadline deadline) {
    Reply reply{0, Secret(max_pin)};
    size_t size = 0;
    for (;;) {
        const auto line = read_line(deadline);
        if (const auto* failure = std::get_if<NoAnswer>(&line)) return *failure;
        ByteView rest;
        switch (parse_assuan_line(std::get<ByteView>(line), rest)) {
            case AssuanReply::Ok:
                reply.data.truncate(size);
                return reply;
            case AssuanReply::Error:
                reply.error = assuan_error_code(rest);
                if (reply.error == 0) return NoAnswer::Failed;
                return reply;
            case AssuanReply::Data:
                if (!append_assuan_data(rest, reply.data, size)) return NoAnswer::Failed;
                break;
            case AssuanReply::Comment:
                break;
            case AssuanReply::Other:
                return NoAnswer::Failed;
        }
    }
}

Pinentry::Answer Pinentry::command(const std::string& line, Deadline deadline) {
    if (!write_line(line)) return NoAnswer::Failed;
    return read_reply(deadline);
}

std::variant<std::monostate, NoAnswer> Pinentry::begin(const std::vector<std::string>& options, Deadline deadline) {
    const auto greeting = read_reply(deadline);
    if (const auto* failure = std::get_if<NoAnswer>(&greeting)) return *failure;
    if (std::get<Reply>(greeting).error != 0) return NoAnswer::Failed;
    for (const auto& option : options) {
        if (!is_option_line(option)) continue;
        const auto answer = command("OPTION " + option + "\n", deadline);
        if (const auto* failure = std::get_if<NoAnswer>(&answer)) return *failure;
    }
    return {};
}

std::variant<std::monostate, NoAnswer> Pinentry::show(const Texts& texts, Deadline deadline) {
    std::vector<std::string> lines{assuan_line("SETTITLE", texts.title), assuan_line("SETDESC", texts.description),
                                   assuan_line("SETPROMPT", texts.prompt),
                                   assuan_line("SETTIMEOUT", seconds_until(deadline))};
    if (!texts.error.empty()) lines.push_back(assuan_line("SETERROR", as_sentence(texts.error)));
    if (!texts.agree.empty()) lines.push_back(assuan_line("SETOK", texts.agree));
    if (!texts.refuse.empty()) lines.push_back(assuan_line("SETCANCEL", texts.refuse));
    for (const auto& line : lines) {
        const auto answer = command(line, deadline);
        if (const auto* failure = std::get_if<NoAnswer>(&answer)) return *failure;
    }
    return {};
}

std::variant<Secret, NoAnswer> Pinentry::get_pin(const Texts& texts, Deadline deadline) {
    if (const auto shown = show(texts, deadline); std::holds_alternative<NoAnswer>(shown))
        return std::get<NoAnswer>(shown);
    auto answer = command("GETPIN\n", deadline);
    if (const auto* failure = std::get_if<NoAnswer>(&answer)) return *failure;
    auto& reply = std::get<Reply>(answer);
    if (reply.error != 0) return reason_of(reply.error);
    return std::move(reply.data);
}

// No answer is awaited, so that a program that is slow to start delays nothing; they stay unread in the socket.
void Pinentry::show_notice(const std::vector<std::string>& options, const Texts& texts) {
    std::string lines;
    for (const auto& option : options)
        if (is_option_line(option)) lines += "OPTION " + option + "\n";
    lines += "OPTION no-grab\n" + assuan_line("SETTITLE", texts.title) + assuan_line("SETDESC", texts.description) +
             assuan_line("SETOK", "Hide") + "MESSAGE\n";
    (void)write_line(lines);
}

std::variant<std::monostate, NoAnswer> Pinentry::confirm(const Texts& texts, Deadline deadline) {
    if (auto shown = show(texts, deadline); std::holds_alternative<NoAnswer>(shown)) return shown;
    const auto answer = command("CONFIRM\n", deadline);
    if (const auto* failure = std::get_if<NoAnswer>(&answer)) return *failure;
    if (const auto error = std::get<Reply>(answer).error; error != 0) return reason_of(error);
    return {};
}

}  // namespace cardseal::token
