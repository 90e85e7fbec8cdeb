// SPDX-License-Identifier: LGPL-2.1-or-later
// sendmail's own arguments, as far as they say to whom a mail goes.
#include "sendmail/envelope.hpp"

#include <string_view>

#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client::sendmail {

namespace {

constexpr std::string_view options_with_value = "ABCDFLNORVXabefhopr";
constexpr auto dots_option = "-i";

class EnvelopeReader {
public:
    explicit EnvelopeReader(const Arguments& words) : words_(words) { envelope_.arguments = words; }

    Envelope read() {
        while (next_ < words_.size()) {
            const auto& word = words_[next_++];
            if (word == "--") {
                envelope_.recipients.insert(envelope_.recipients.end(), words_.begin() + static_cast<long>(next_),
                                            words_.end());
                break;
            }
            if (word.starts_with("--"))
                read_long_option(word);
            else if (word.size() > 1 && word.front() == '-')
                read_letters(word);
            else
                envelope_.recipients.push_back(word);
        }
        return std::move(envelope_);
    }

private:
    void read_long_option(const std::string& word) {
        if (word == "--read-recipients")  // msmtp's -t
            envelope_.reads_header = true;
        else
            envelope_.options.push_back(word);
    }

    /// "-t", "-ti", "-oi", "-fADDRESS", or "-f" before ADDRESS.
    void read_letters(const std::string& word) {
        std::string kept = "-";
        for (size_t index = 1; index < word.size(); ++index) {
            const char letter = word[index];
            if (options_with_value.find(letter) != std::string_view::npos) {
                envelope_.options.push_back(kept + word.substr(index));
                read_value(letter, word.substr(index + 1));
                return;
            }
            read_letter(letter, word);
            if (letter != 't') kept += letter;
        }
        if (kept.size() > 1) envelope_.options.push_back(kept);
    }

    void read_letter(char letter, const std::string& word) {
        if (letter == 't') envelope_.reads_header = true;
        if (letter == 'i') envelope_.ignores_dots = true;
        if (letter == 'q' || letter == 'I') refuse(word);
    }

    void read_value(char letter, std::string value) {
        if (value.empty() && next_ < words_.size()) {
            value = words_[next_++];
            envelope_.options.push_back(value);
        }
        if (letter == 'o' && value == "i") envelope_.ignores_dots = true;
        if (letter == 'b' && value != "m") refuse("-b" + value);
    }

    [[noreturn]] static void refuse(const std::string& word) {
        throw failure(ErrorCode::InvalidArgs,
                      "with '" + printable(word) + "' sendmail does not send the mail on standard input");
    }

    const Arguments& words_;
    size_t next_ = 0;
    Envelope envelope_;
};

Arguments with_dots_ignored(const Envelope& envelope, const Arguments& words) {
    Arguments all;
    if (!envelope.ignores_dots) all.emplace_back(dots_option);
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

}  // namespace

Envelope read_envelope(const Arguments& arguments) { return EnvelopeReader(arguments).read(); }

Arguments arguments_as_given(const Envelope& envelope) { return with_dots_ignored(envelope, envelope.arguments); }

Arguments arguments_for(const Envelope& envelope, const Arguments& recipients) {
    auto words = with_dots_ignored(envelope, envelope.options);
    words.emplace_back("--");
    words.insert(words.end(), recipients.begin(), recipients.end());
    return words;
}

}  // namespace cardseal::client::sendmail
