// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-gpgsm: what GPGME takes for gpgsm. As a server it answers for Cardseal's keys; all else the real gpgsm does.
//
// GPGME starts it for its version as often as for its work. What only the work needs is in a module: to load those
// libraries takes longer than gpgsm takes to tell its version.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "gpgsm/find_gpgsm.hpp"
#include "gpgsm/server_module.hpp"

using namespace cardseal::gpgsm;

namespace {

namespace fs = std::filesystem;

int become_real(const std::string& path, char** arguments) {
    arguments[0] = const_cast<char*>(path.c_str());
    execv(path.c_str(), arguments);
    std::perror(path.c_str());
    return failed;
}

int without_real(const std::vector<std::string>& arguments) {
    if (std::ranges::find(arguments, "--version") != arguments.end()) {
        // GPGME wants a version of GnuPG in the first line.
        std::puts("gpgsm (GnuPG) 2.2.40\ncardseal-gpgsm " CARDSEAL_VERSION ", without GnuPG's gpgsm");
        return EXIT_SUCCESS;
    }
    std::fputs("cardseal-gpgsm: GnuPG's gpgsm is not installed: only --server and --version work without it\n", stderr);
    return failed;
}

/// Beside this program where it was built, else where it is installed.
void* load_server() {
    const auto folder = fs::read_symlink("/proc/self/exe").parent_path();
    const auto beside = folder / CARDSEAL_SERVER_MODULE,
               installed = folder / CARDSEAL_MODULE_FOLDER / CARDSEAL_SERVER_MODULE;
    return dlopen((fs::exists(beside) ? beside : installed).c_str(), RTLD_NOW);
}

int serve(int argument_count, char** arguments) {
    void* module = load_server();
    const auto run = module ? reinterpret_cast<Serve*>(dlsym(module, serve_symbol)) : nullptr;
    if (run) return run(argument_count, arguments);
    std::fprintf(stderr, "cardseal-gpgsm: cannot load its server: %s\n", dlerror());
    return failed;
}

}  // namespace

int main(int argument_count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + argument_count);
    try {
        if (std::ranges::find(words, "--server") != words.end()) return serve(argument_count, arguments);
        const auto path = find_real_gpgsm();
        return path ? become_real(*path, arguments) : without_real(words);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cardseal-gpgsm: %s\n", error.what());
        return failed;
    }
}
