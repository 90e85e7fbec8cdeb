// SPDX-License-Identifier: LGPL-2.1-or-later
// The parameters of a MIME field's value, "type; name=value", in all the ways of RFC 2045 and RFC 2231.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal::cms {

class MimeParameters {
public:
    /// `value`: of the field, unfolded.
    explicit MimeParameters(std::string_view value);

    /// What stands before the first parameter, lower case, without white space.
    const std::string& head() const { return head_; }
    /// In UTF-8, continuations joined; empty if it is not there. The form of RFC 2231 goes before the plain one.
    std::string value(std::string_view name) const;
    /// Whether the parameter stands there more than once, in one form or in two.
    bool is_ambiguous(std::string_view name) const;

private:
    struct Parameter {
        std::string name;               ///< lower case, without what RFC 2231 adds
        std::optional<size_t> section;  ///< of a continuation
        bool extended;                  ///< "name*": percent-encoded, and a character set before the first
        std::string text;
    };

    static Parameter parameter(std::string name, std::string text);
    const Parameter* find(std::string_view name, std::optional<size_t> section) const;
    std::string joined(std::string_view name) const;

    std::string head_;
    std::vector<Parameter> parameters_;
};

}  // namespace cardseal::cms
