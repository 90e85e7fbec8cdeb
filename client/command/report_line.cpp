// SPDX-License-Identifier: LGPL-2.1-or-later
// One line of a report for people.
#include "command/report_line.hpp"

#include "command/text.hpp"

namespace cardseal::client {

std::string upper(std::string text) {
    for (auto& character : text)
        if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
    return text;
}

std::string line(std::string name, const std::string& value, const Paint& paint) {
    if (value.empty()) return {};
    name.resize(12, ' ');
    return "    " + name + paint(printable(value)) + "\n";
}

}  // namespace cardseal::client
