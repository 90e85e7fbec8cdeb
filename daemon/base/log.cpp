// SPDX-License-Identifier: LGPL-2.1-or-later
// Log lines and structured records: to the journal when standard error is connected to it, else to standard error.
#include "base/log.hpp"

#include <sys/stat.h>
#include <sys/uio.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

namespace cardseal {

// systemd.exec(5): JOURNAL_STREAM names the device and inode of the journal's stream.
static bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (!stream || fstat(2, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

static std::string printable(std::string_view text) {
    std::string clean(text);
    for (auto& character : clean)
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) character = '?';
    return clean;
}

void log(Severity severity, const std::string& message, std::initializer_list<LogField> fields) {
    static const bool journal = stderr_is_journal();
    std::vector<std::string> items{"MESSAGE=" + printable(message),
                                   "PRIORITY=" + std::to_string(static_cast<int>(severity))};
    for (const auto& field : fields) items.push_back(std::string(field.name) + "=" + printable(field.value));
    if (journal) {
        std::vector<iovec> parts;
        for (auto& item : items) parts.push_back({item.data(), item.size()});
        sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
        return;
    }
    std::string line = "<" + std::to_string(static_cast<int>(severity)) + ">" + printable(message);
    for (size_t i = 2; i < items.size(); ++i) line += " " + items[i];
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace cardseal
