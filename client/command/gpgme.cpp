// SPDX-License-Identifier: LGPL-2.1-or-later
// Has GPGME find cardseal-gpgsm: it asks the first gpgconf in PATH where gpgsm is, and knows no file of the user's.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "command/commands.hpp"
#include "command/print.hpp"
#include "command/program_path.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "# Made by 'cardseal gpgme enable'; 'cardseal gpgme disable' removes it.";

std::string home() {
    const char* folder = std::getenv("HOME");
    if (!folder || !*folder) throw failure(ErrorCode::InvalidArgs, "there is no home folder: HOME is not set");
    return folder;
}

std::string wrapper() { return home() + "/.local/bin/gpgconf"; }

bool is_ours(const std::string& path) {
    std::ifstream file(path);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    return content.find(mark) != content.npos;
}

/// The server, installed beside this command.
std::string server() {
    auto path = (fs::read_symlink("/proc/self/exe").parent_path() / "cardseal-gpgsm").string();
    if (access(path.c_str(), X_OK) != 0)
        throw errno_failure(ErrorCode::InvalidArgs, "cannot run '" + printable(path) + "'");
    return path;
}

std::optional<std::string> real_gpgconf() {
    return find_program("gpgconf", [](const auto& path) { return !is_ours(path); });
}

std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

/// As gpgconf writes a value in its lists.
std::string in_list(const std::string& text) {
    std::string value;
    for (const char c : text) value += c == ':' ? "%3a" : c == ',' ? "%2c" : c == '%' ? "%25" : std::string(1, c);
    return value;
}

constexpr auto script_end = R"(case " $* " in
    *' --list-components '*) [ -x "$server" ] || exec "$gpgconf" "$@" ;;
    *) exec "$gpgconf" "$@" ;;
esac
list=$("$gpgconf" "$@") || exit
set -f
IFS='
'
for line in $list; do
    case $line in
        gpgsm:*) printf '%s\n' "$answer" ;;
        *) printf '%s\n' "$line" ;;
    esac
done
)";

std::string script(const std::string& gpgconf) {
    return "#!/bin/sh\n" + std::string(mark) +
           "\n# GPGME asks it where gpgsm is and is told of Cardseal's; all else is the real one's answer.\n" +
           "gpgconf=" + quoted(gpgconf) + "\nserver=" + quoted(server()) +
           "\nanswer=" + quoted("gpgsm:S/MIME:" + in_list(server())) + "\n" + script_end;
}

void write_program(const std::string& path, const std::string& content) {
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    const auto fresh = path + ".new";
    std::ofstream file(fresh);
    file << content << std::flush;
    if (!file || chmod(fresh.c_str(), 0755) != 0 || rename(fresh.c_str(), path.c_str()) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot write '" + printable(path) + "'");
}

bool is_first() {
    const auto first = find_program("gpgconf", [](const auto&) { return true; });
    return first && is_same_file(*first, wrapper());
}

int enable() {
    if (fs::exists(wrapper()) && !is_ours(wrapper()))
        throw failure(ErrorCode::OutputFailed,
                      "'" + printable(wrapper()) + "' is there already and is another program");
    const auto gpgconf = real_gpgconf();
    if (!gpgconf) throw failure(ErrorCode::InvalidArgs, "GnuPG's gpgconf, which GPGME needs, is not installed");
    write_program(wrapper(), script(*gpgconf));
    print("made " + printable(wrapper()) + "\n");
    if (!is_first())
        print("note: it comes into effect where " + printable(fs::path(wrapper()).parent_path().string()) +
                  " is first in PATH, mostly after the next login\n",
              stderr);
    return done;
}

int disable() {
    if (!is_ours(wrapper())) {
        print("it was not enabled\n", stderr);
        return done;
    }
    if (unlink(wrapper().c_str()) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot remove '" + printable(wrapper()) + "'");
    print("removed " + printable(wrapper()) + "\n");
    return done;
}

std::string shown(const std::optional<std::string>& path) { return path ? printable(*path) : "not installed"; }

std::optional<std::string> real_gpgsm() {
    return find_program("gpgsm", [](const auto& path) { return !is_same_file(path, server()); });
}

std::string status_for_people(bool enabled) {
    return std::string("gpgme: ") + (enabled ? "enabled" : "not enabled") + "\n" +
           (enabled ? "  gpgconf " + printable(wrapper()) + (is_first() ? "" : ", not first in this PATH") + "\n"
                    : "") +
           "  server " + printable(server()) + "\n  GnuPG's gpgconf " + shown(real_gpgconf()) + "\n  GnuPG's gpgsm " +
           shown(real_gpgsm()) + "\n";
}

std::string status_json(bool enabled) {
    using Json = nlohmann::ordered_json;
    const auto path_json = [](const std::optional<std::string>& path) { return path ? Json(*path) : Json(nullptr); };
    const Json json{
        {"enabled", enabled}, {"first_in_path", enabled && is_first()},     {"gpgconf", wrapper()},
        {"server", server()}, {"gnupg_gpgconf", path_json(real_gpgconf())}, {"gnupg_gpgsm", path_json(real_gpgsm())}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int show_status(Report report) {
    const bool enabled = is_ours(wrapper());
    print(report == Report::Json ? status_json(enabled) : status_for_people(enabled));
    return enabled ? done : answer_is_no;
}

}  // namespace

int run(const SwitchGpgme& request) {
    switch (request.action) {
        case SwitchGpgme::Action::Enable:
            return enable();
        case SwitchGpgme::Action::Disable:
            return disable();
        case SwitchGpgme::Action::ShowStatus:
            break;
    }
    return show_status(request.report);
}

}  // namespace cardseal::client
