// SPDX-License-Identifier: LGPL-2.1-or-later
// The header of a mail, as far as a program reads it that sends or shows it: who wrote it, and to whom (RFC 5322).
#include "command/mail_header.hpp"

#include <algorithm>

#include "failure.hpp"

namespace cardseal::client {

namespace {

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& character : result) character = lower(character);
    return result;
}

/// Reads an address-list from the left.
class AddressList {
public:
    explicit AddressList(std::string_view text) : text_(text) {}

    std::vector<std::string> read() {
        while (!text_.empty()) read_character(text_.front());
        if (state_ == State::InBrackets) refuse("a '<' without its '>'");
        end_mailbox();
        return std::move(addresses_);
    }

private:
    /// Where in a mailbox: before a '<' the name may still be an address, behind a '>' nothing counts.
    enum class State { Before, InBrackets, Behind };

    void read_character(char character) {
        if (character == '"') return take_quoted();
        if (character == '(') return skip_comment();
        if (character == '[') return take_domain_literal();
        text_.remove_prefix(1);
        if (character == '<') {
            state_ = State::InBrackets;
            address_.clear();
        } else if (character == '>') {
            state_ = State::Behind;
        } else if (character == ':') {  // a group's name, or an old route, stood before
            address_.clear();
        } else if ((character == ',' || character == ';') && state_ != State::InBrackets) {
            end_mailbox();
        } else if (std::string_view(" \t\r\n").find(character) == std::string_view::npos) {
            keep(std::string_view(&character, 1));
        }
    }

    void keep(std::string_view text) {
        if (state_ != State::Behind) address_ += text;
    }

    void end_mailbox() {
        if (!address_.empty()) addresses_.push_back(address_);
        address_.clear();
        state_ = State::Before;
    }

    void take(size_t size) {
        keep(text_.substr(0, size));
        text_.remove_prefix(size);
    }

    void take_quoted() {
        size_t end = 1;
        while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
        if (end >= text_.size()) refuse("a quote without its end");
        take(end + 1);
    }

    void take_domain_literal() {
        const auto end = text_.find(']');
        if (end == text_.npos) refuse("a '[' without its ']'");
        take(end + 1);
    }

    void skip_comment() {
        size_t depth = 0, end = 0;
        do {
            if (end >= text_.size()) refuse("a comment without its end");
            if (text_[end] == '(') ++depth;
            if (text_[end] == ')') --depth;
            end += text_[end] == '\\' ? 2 : 1;
        } while (depth > 0);
        text_.remove_prefix(end);
    }

    [[noreturn]] static void refuse(const std::string& why) { throw failure(ErrorCode::BadMessage, why); }

    std::string_view text_;
    State state_ = State::Before;
    std::string address_;
    std::vector<std::string> addresses_;
};

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    const auto line = text.substr(0, end);
    text.remove_prefix(end);
    return line;
}

bool is_blank(char character) { return character == ' ' || character == '\t'; }

/// With the lines that continue it.
std::string_view take_field(std::string_view& text) {
    const auto start = text;
    take_line(text);
    while (!text.empty() && is_blank(text.front())) take_line(text);
    return start.substr(0, start.size() - text.size());
}

std::string name_of(std::string_view field) {
    auto name = field.substr(0, std::min(field.find(':'), field.find('\n')));
    if (name.size() == field.size() || field[name.size()] != ':') return {};
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    return lower(name);
}

}  // namespace

std::vector<std::string> addresses_of(std::string_view list) { return AddressList(list).read(); }

bool is_same_address(std::string_view first, std::string_view second) { return lower(first) == lower(second); }

MailHeader::MailHeader(std::string_view message) : rest_(message) {
    while (!rest_.empty() && !rest_.starts_with('\n') && !rest_.starts_with("\r\n")) {
        const auto field = take_field(rest_);
        fields_.push_back({name_of(field), field});
    }
}

std::vector<std::string> MailHeader::addresses(std::string_view name) const {
    std::vector<std::string> all;
    for (const auto& field : fields_) {
        if (field.name != name) continue;
        try {
            auto found = addresses_of(field.text.substr(field.text.find(':') + 1));
            all.insert(all.end(), found.begin(), found.end());
        } catch (const Error& error) {  // only here it is known which field that was
            throw failure(ErrorCode::BadMessage,
                          "cannot read the field '" + std::string(name) + "': " + error.message());
        }
    }
    return all;
}

bool MailHeader::has(std::string_view name) const {
    return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == name; });
}

std::string MailHeader::message_without(const std::vector<std::string_view>& names) const {
    std::string message;
    for (const auto& field : fields_)
        if (std::ranges::find(names, field.name) == names.end()) message += field.text;
    return message.append(rest_);
}

/// Whether a field of the same name follows.
bool MailHeader::has_behind(const Field& field) const {
    return std::any_of(&field + 1, fields_.data() + fields_.size(),
                       [&](const Field& other) { return other.name == field.name; });
}

std::string MailHeader::message_with_last_of(const std::vector<std::string_view>& names) const {
    std::string message;
    for (const auto& field : fields_)
        if (std::ranges::find(names, field.name) == names.end() || !has_behind(field)) message += field.text;
    return message.append(rest_);
}

}  // namespace cardseal::client
