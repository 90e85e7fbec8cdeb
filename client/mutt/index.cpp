// SPDX-License-Identifier: LGPL-2.1-or-later
// The indexes in which mutt looks up whose key or certificate is under which name.
#include "mutt/index.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>

#include "command/output_file.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client::mutt {

namespace {

constexpr size_t longest_address = 254;

/// mutt writes names into a command line of the shell as they are, and cuts lines at blanks and after 1,023 bytes.
/// These addresses come from strangers' certificates.
bool is_safe_name(std::string_view address) {
    constexpr std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@.+-_=";
    return !address.empty() && address.front() != '-' && address.size() <= longest_address &&
           address.find_first_not_of(safe) == address.npos;
}

std::string line(const std::string& address, const std::string& name, const std::string& fingerprint, char trust,
                 const std::string& purpose) {
    return address + " " + name + " " + fingerprint.substr(0, 16) + " ? " + trust + " " + purpose + "\n";
}

void write_index(const std::string& kind, const std::string& lines) {
    const auto folder = index_folder() + "/" + kind;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(index_folder(), std::filesystem::perms::owner_all, error);
    if (error) throw failure(ErrorCode::OutputFailed, "cannot make '" + printable(folder) + "': " + error.message());
    AtomicFile file(folder + "/.index");
    if (write(file.descriptor(), lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()))
        throw errno_failure(ErrorCode::OutputFailed, "cannot write '" + printable(folder) + "/.index'");
    file.commit();
}

}  // namespace

std::string index_folder() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    return (cache && *cache ? std::string(cache) : std::string(home ? home : "") + "/.cache") + "/cardseal/mutt";
}

void write_indexes(Client& client, const Watch& watch) {
    CertificateFilter encryptable;
    encryptable.usage = "encrypt";
    write_index("certificates", certificate_index(client.certificates(encryptable, watch)));
    KeyFilter signing;
    signing.usage = "sign";
    write_index("keys", key_index(client.list(signing, watch)));
}

std::string key_index(const std::vector<Key>& keys) {
    std::string index;
    for (const auto& key : keys)
        for (const auto& address : key.addresses)
            if (is_safe_name(address)) index += line(address, key.id, key.fingerprint, 't', "s");
    return index;
}

std::string certificate_index(const std::vector<StoredCertificate>& certificates) {
    std::map<std::string, const StoredCertificate*> best;
    for (const auto& certificate : certificates) {
        if (!certificate.reason.empty()) continue;
        for (const auto& address : certificate.addresses) {
            if (!is_safe_name(address)) continue;
            auto& chosen = best[address];
            if (!chosen || (chosen->chain != "trusted" && certificate.chain == "trusted")) chosen = &certificate;
        }
    }
    std::string index;
    for (const auto& [address, certificate] : best)
        index += line(address, address, certificate->fingerprint, certificate->chain == "trusted" ? 't' : 'u', "e");
    return index;
}

}  // namespace cardseal::client::mutt
