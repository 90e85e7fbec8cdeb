// SPDX-License-Identifier: LGPL-2.1-or-later
// Who a mail says it is from.
#include "cms/mail_addresses.hpp"

#include <algorithm>
#include <set>

#include "cms/text.hpp"

namespace cardseal::cms {

namespace {

using Addresses = std::vector<std::string>;

constexpr unsigned deepest_comment = 16;
constexpr size_t longest_listing = 400;  ///< bytes of addresses in a reason

bool is_blank(char character) { return character == ' ' || character == '\t'; }

/// RFC 5322 §3.2.3 and RFC 6532 §3.2.
bool is_atom_character(char character) {
    const auto octet = static_cast<unsigned char>(character);
    return octet > 0x20 && octet != 0x7f && std::string_view("()<>[]:;@\\,.\"").find(character) == std::string::npos;
}

bool is_dot_atom(std::string_view text) {
    if (text.empty() || text.starts_with('.') || text.ends_with('.') || text.find("..") != text.npos) return false;
    return std::ranges::all_of(text, [](char character) { return character == '.' || is_atom_character(character); });
}

/// Reads an address-list (RFC 5322 §3.4) from the left; once something does not fit, `good` stays false.
class AddressParser {
public:
    explicit AddressParser(std::string_view text) : text_(text) {}

    std::optional<Addresses> parse() {
        do read_address();
        while (good_ && take(','));
        skip_blanks();
        if (!good_ || !text_.empty() || addresses_.size() > most_author_addresses) return std::nullopt;
        return std::move(addresses_);
    }

private:
    /// A mailbox, or a group of mailboxes: "name: a@b, c@d;".
    void read_address() {
        if (!read_mailbox(Group::Allowed)) return;
        skip_blanks();
        if (take(';')) return;
        do read_mailbox(Group::Forbidden);
        while (good_ && take(','));
        if (!take(';')) good_ = false;
    }

    enum class Group { Allowed, Forbidden };

    /// True at the ':' of a group's name.
    bool read_mailbox(Group group) {
        const auto words = read_words();
        if (take('<')) {
            read_address_in_brackets();
        } else if (take('@')) {
            if (words.count != 1) good_ = false;
            add(words.text, words.quoted);
        } else if (group == Group::Allowed && words.count > 0 && take(':')) {
            return true;
        } else {
            good_ = false;
        }
        return false;
    }

    struct Words {
        std::string text;  ///< the last one
        size_t count = 0;
        bool quoted = false;
    };

    /// A display name's, or a local part. A dot may stand in a name ("John Q. Public"), though RFC 5322 wants quotes.
    Words read_words() {
        Words words;
        for (skip_blanks(); good_ && !text_.empty(); skip_blanks()) {
            const bool quoted = text_.front() == '"';
            auto word = quoted ? take_quoted() : take_atom();
            if (word.empty() && !quoted) break;
            words = {std::move(word), words.count + 1, quoted};
        }
        return words;
    }

    void read_address_in_brackets() {
        const auto words = read_words();
        if (words.count != 1 || !take('@')) good_ = false;
        add(words.text, words.quoted);
        if (!take('>')) good_ = false;
    }

    void add(const std::string& local, bool quoted) {
        skip_blanks();
        const auto domain = text_.starts_with('[') ? take_domain_literal() : take_atom();
        skip_blanks();
        if (!quoted && !is_dot_atom(local)) good_ = false;
        if (!domain.starts_with('[') && !is_dot_atom(domain)) good_ = false;
        if (good_) addresses_.push_back((is_dot_atom(local) ? local : in_quotes(local)) + "@" + domain);
    }

    static std::string in_quotes(const std::string& local) {
        std::string text = "\"";
        for (const char character : local) {
            if (character == '"' || character == '\\') text += '\\';
            text += character;
        }
        return text + "\"";
    }

    std::string take_atom() {
        const auto end = std::ranges::find_if(text_, [](char c) { return c != '.' && !is_atom_character(c); });
        const auto size = static_cast<size_t>(end - text_.begin());
        std::string atom(text_.substr(0, size));
        text_.remove_prefix(size);
        return atom;
    }

    std::string take_quoted() {
        std::string content;
        text_.remove_prefix(1);
        while (!text_.empty() && text_.front() != '"') {
            if (text_.front() == '\\') text_.remove_prefix(1);
            if (text_.empty()) break;
            content += text_.front();
            text_.remove_prefix(1);
        }
        if (!take_here('"')) good_ = false;
        return content;
    }

    std::string take_domain_literal() {
        const auto end = text_.find_first_of("]\\", 1);
        if (end == text_.npos || text_[end] != ']' || text_.substr(1, end - 1).find('[') != text_.npos) {
            good_ = false;
            return {};
        }
        std::string literal(text_.substr(0, end + 1));
        text_.remove_prefix(end + 1);
        return literal;
    }

    /// White space and comments, which nest.
    void skip_blanks() {
        unsigned depth = 0;
        for (; !text_.empty(); text_.remove_prefix(1)) {
            const char character = text_.front();
            if (character == '(') {
                if (++depth > deepest_comment) break;
            } else if (depth > 0 && character == ')') {
                --depth;
            } else if (depth > 0 && character == '\\') {
                text_.remove_prefix(1);
                if (text_.empty()) break;
            } else if (depth == 0 && !is_blank(character)) {
                return;
            }
        }
        if (depth > 0) good_ = false;
    }

    bool take(char character) {
        skip_blanks();
        return take_here(character);
    }

    bool take_here(char character) {
        if (!text_.starts_with(character)) return false;
        text_.remove_prefix(1);
        return true;
    }

    std::string_view text_;
    bool good_ = true;
    Addresses addresses_;
};

bool is_safe(std::string_view value) {
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
    return is_utf8(value) && std::ranges::none_of(value, is_control);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& character : result)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
    return result;
}

/// One address as the parser writes it, in lower case; as it is if it cannot be parsed.
std::string canonical(const std::string& address) {
    const auto parsed = parse_address_list(address);
    return lower(parsed && parsed->size() == 1 ? parsed->front() : address);
}

std::set<std::string> canonical(const Addresses& addresses) {
    std::set<std::string> all;
    for (const auto& address : addresses) all.insert(canonical(address));
    return all;
}

bool have_common(const std::set<std::string>& ones, const Addresses& others) {
    return std::ranges::any_of(others, [&](const auto& other) { return ones.contains(canonical(other)); });
}

std::string listing(const Addresses& addresses) {
    std::string text;
    for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + address;
    return text.size() <= longest_listing ? text : shortened(text, longest_listing) + "...";
}

/// The lines of a header, unfolded.
std::vector<std::string> unfolded_lines(std::string_view header) {
    std::vector<std::string> lines;
    while (!header.empty()) {
        const auto end = std::min(header.find('\n'), header.size());
        auto line = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) break;
        if (is_blank(line.front()) && !lines.empty())
            lines.back() += line;
        else
            lines.emplace_back(line);
    }
    return lines;
}

/// The value of a field of that name (lower case); empty for a line of another.
std::optional<std::string_view> value_in(std::string_view line, std::string_view name) {
    const auto colon = line.find(':');
    if (colon == line.npos) return std::nullopt;
    auto found = line.substr(0, colon);
    while (!found.empty() && is_blank(found.back())) found.remove_suffix(1);
    if (lower(found) != name) return std::nullopt;
    return line.substr(colon + 1);
}

}  // namespace

std::optional<Addresses> parse_address_list(std::string_view value) {
    if (!is_safe(value)) return std::nullopt;
    return AddressParser(value).parse();
}

std::optional<MailAuthors> read_mail_authors(ByteView header) {
    const auto lines = unfolded_lines(text_of(header));
    MailAuthors authors;
    size_t fields = 0;
    const auto read = [&](const char* name, Addresses& addresses) {
        size_t count = 0;
        for (const auto& line : lines) {
            const auto value = value_in(line, name);
            if (!value) continue;
            auto parsed = parse_address_list(*value);
            if (++count > 1 || !parsed) authors.readable = false;
            if (parsed) addresses = std::move(*parsed);
        }
        fields += count;
    };
    read("from", authors.from);
    read("sender", authors.sender);
    if (fields == 0) return std::nullopt;
    return authors;
}

MailAuthors authors_named(const std::vector<std::string>& texts) {
    MailAuthors authors;
    for (const auto& text : texts) {
        const auto parsed = parse_address_list(text);
        if (!parsed) authors.readable = false;
        if (parsed) authors.from.insert(authors.from.end(), parsed->begin(), parsed->end());
    }
    return authors;
}

AddressJudgement judge_addresses(const Addresses& of_certificate, const std::optional<MailAuthors>& authors) {
    using ipc::AddressMatch;
    if (!authors || of_certificate.empty()) return {AddressMatch::Unchecked, {}};
    if (!authors->readable)
        return {AddressMatch::Mismatch, "the certificate is for " + listing(of_certificate) +
                                            ", and the mail's From or Sender cannot be read with certainty"};
    const auto own = canonical(of_certificate);
    if (have_common(own, authors->from)) return {AddressMatch::Match, {}};
    if (have_common(own, authors->sender))
        return {AddressMatch::Match,
                "the signer is the mail's Sender, not its author: From is " + listing(authors->from)};
    auto all = authors->from;
    all.insert(all.end(), authors->sender.begin(), authors->sender.end());
    return {AddressMatch::Mismatch,
            "the certificate is for " + listing(of_certificate) + ", but the mail is from " + listing(all)};
}

}  // namespace cardseal::cms
