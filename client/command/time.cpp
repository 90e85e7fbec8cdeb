// SPDX-License-Identifier: LGPL-2.1-or-later
// Times as people write and read them: RFC 3339 section 5.6.
#include "command/time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace cardseal::client {

namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/// Takes a text apart from its beginning.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }

    bool take(std::string_view choices) {
        if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Exactly `digits` digits whose value lies in the range.
    std::optional<int> number(size_t digits, int least, int most) {
        if (rest_.size() < digits || !std::ranges::all_of(rest_.substr(0, digits), is_digit)) return {};
        int value = 0;
        std::from_chars(rest_.data(), rest_.data() + digits, value);
        rest_.remove_prefix(digits);
        if (value < least || value > most) return {};
        return value;
    }

    bool skip_digits() {
        const auto size = static_cast<size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
        rest_.remove_prefix(size);
        return size > 0;
    }

private:
    std::string_view rest_;
};

std::optional<std::chrono::sys_days> scan_date(Scanner& scanner) {
    const auto year = scanner.number(4, 0, 9999);
    if (!year || !scanner.take("-")) return {};
    const auto month = scanner.number(2, 1, 12);
    if (!month || !scanner.take("-")) return {};
    const auto day = scanner.number(2, 1, 31);
    if (!day) return {};
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return {};
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> scan_hours_and_minutes(Scanner& scanner) {
    const auto hours = scanner.number(2, 0, 23);
    if (!hours || !scanner.take(":")) return {};
    const auto minutes = scanner.number(2, 0, 59);
    if (!minutes) return {};
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<std::chrono::seconds> scan_time_of_day(Scanner& scanner) {
    const auto minutes = scan_hours_and_minutes(scanner);
    if (!minutes || !scanner.take(":")) return {};
    const auto seconds = scanner.number(2, 0, 60);
    if (!seconds) return {};
    if (scanner.take(".") && !scanner.skip_digits()) return {};
    return *minutes + std::chrono::seconds(*seconds);
}

/// How far local time is ahead of UTC.
std::optional<std::chrono::seconds> scan_offset(Scanner& scanner) {
    if (scanner.take("Zz")) return std::chrono::seconds(0);
    const bool ahead = scanner.take("+");
    if (!ahead && !scanner.take("-")) return {};
    const auto offset = scan_hours_and_minutes(scanner);
    if (!offset) return {};
    return ahead ? *offset : -*offset;
}

std::optional<uint64_t> parse_rfc3339(std::string_view text) {
    Scanner scanner(text);
    const auto date = scan_date(scanner);
    if (!date || !scanner.take("Tt ")) return {};
    const auto time_of_day = scan_time_of_day(scanner);
    if (!time_of_day) return {};
    const auto offset = scan_offset(scanner);
    if (!offset || !scanner.at_end()) return {};
    const auto seconds = (*date + *time_of_day - *offset).time_since_epoch().count();
    if (seconds < 0) return {};
    return static_cast<uint64_t>(seconds);
}

std::optional<uint64_t> parse_seconds(std::string_view digits) {
    int64_t seconds = 0;  // the daemon's time_t is signed
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (error != std::errc() || end != digits.data() + digits.size() || seconds < 0 || digits.front() == '-') return {};
    return static_cast<uint64_t>(seconds);
}

}  // namespace

std::optional<uint64_t> parse_time(std::string_view text) {
    return text.starts_with('@') ? parse_seconds(text.substr(1)) : parse_rfc3339(text);
}

std::string format_time(uint64_t seconds) {
    constexpr uint64_t last = 253402300799;  // 9999-12-31T23:59:59Z
    if (seconds > last) return "@" + std::to_string(seconds);
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

}  // namespace cardseal::client
