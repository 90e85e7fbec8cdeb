// SPDX-License-Identifier: LGPL-2.1-or-later
// The real sendmail: where it is, and how it is given a mail.
#include "sendmail/transport.hpp"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "command/print.hpp"
#include "command/scratch_file.hpp"
#include "command/text.hpp"

namespace cardseal::client::sendmail {

namespace {

/// In the environment of the sendmail that we run: should that be a script that runs us, mail must not go round.
constexpr auto running_variable = "CARDSEAL_SENDMAIL_RUNNING";

bool is_this_program(const struct stat& file) {
    struct stat own {};
    return stat("/proc/self/exe", &own) == 0 && own.st_dev == file.st_dev && own.st_ino == file.st_ino;
}

bool is_usable(const std::string& path) {
    struct stat file {};
    return stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && access(path.c_str(), X_OK) == 0 &&
           !is_this_program(file);
}

/// Those of PATH that are absolute, then those that PATH often lacks.
std::vector<std::string> folders() {
    std::vector<std::string> all;
    const char* path = std::getenv("PATH");
    std::istringstream words(path ? path : "");
    for (std::string folder; std::getline(words, folder, ':');)
        if (folder.starts_with('/')) all.push_back(folder);
    all.insert(all.end(), {"/usr/sbin", "/usr/lib"});
    return all;
}

std::string with_line_feeds(const std::string& mail) {
    std::string text;
    text.reserve(mail.size());
    for (size_t index = 0; index < mail.size(); ++index)
        if (mail[index] != '\r' || index + 1 == mail.size() || mail[index + 1] != '\n') text += mail[index];
    return text;
}

/// How the new process differs from this one.
class SpawnAttributes {
public:
    explicit SpawnAttributes(int input) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        posix_spawnattr_init(&attributes_);
        sigset_t usual;
        sigemptyset(&usual);
        sigaddset(&usual, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes_, &usual);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
    }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    ~SpawnAttributes() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    posix_spawn_file_actions_t* actions() { return &actions_; }
    posix_spawnattr_t* attributes() { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

int tell_failure(const FileName& sendmail, const std::string& why) {
    print("cardseal-sendmail: " + printable(sendmail) + " " + why + "\n", stderr);
    return EX_OSERR;
}

int wait_for(pid_t process, const FileName& sendmail) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return tell_failure(sendmail, std::string("cannot be waited for: ") + std::strerror(errno));
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return tell_failure(sendmail, std::string("was killed: ") + strsignal(WTERMSIG(status)));
}

}  // namespace

std::optional<FileName> find_sendmail(const FileName& wanted) {
    if (wanted.find('/') != wanted.npos) return is_usable(wanted) ? std::optional(wanted) : std::nullopt;
    const auto names = wanted.empty() ? std::vector<FileName>{"sendmail", "msmtp"} : std::vector{wanted};
    for (const auto& name : names)
        for (const auto& folder : folders())
            if (is_usable(folder + "/" + name)) return folder + "/" + name;
    return {};
}

int hand_over(const FileName& sendmail, const std::vector<std::string>& arguments, const std::string& mail) {
    const auto input = ScratchFile::holding(with_line_feeds(mail));
    SpawnAttributes attributes(input.descriptor());
    std::vector<std::string> words{sendmail};
    words.insert(words.end(), arguments.begin(), arguments.end());
    setenv(running_variable, "1", 1);
    pid_t process = 0;
    const int error = posix_spawn(&process, sendmail.c_str(), attributes.actions(), attributes.attributes(),
                                  pointers_to(words).data(), environ);
    if (error) return tell_failure(sendmail, std::string("cannot be run: ") + std::strerror(error));
    return wait_for(process, sendmail);
}

bool was_started_by_itself() { return std::getenv(running_variable) != nullptr; }

}  // namespace cardseal::client::sendmail
