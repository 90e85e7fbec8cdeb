// SPDX-License-Identifier: LGPL-2.1-or-later
// Decrypts a message in a thread of its own while the main loop, here poll(2), goes on; Enter cancels.
//
//     c++ -std=c++20 -pthread main_loop.cpp $(pkg-config --cflags --libs cardseal)
//     ./a.out MESSAGE
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cardseal.hpp>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <thread>

using namespace cardseal::client;

int main(int count, char** arguments) {
    if (count != 2) return 2;
    std::ifstream file(arguments[1], std::ios::binary);
    const std::vector<uint8_t> message{std::istreambuf_iterator<char>(file), {}};

    const int cancel = eventfd(0, EFD_CLOEXEC), changed = eventfd(0, EFD_CLOEXEC);
    std::atomic<uint64_t> bytes_read = 0;
    std::atomic<bool> ended = false;
    const auto progressed = [&](const Progress& now) {
        bytes_read = now.bytes_in;
        eventfd_write(changed, 1);
    };
    std::packaged_task<Decryption()> decrypt([&] {
        return Client().decrypt(message, {.prompt = Prompt::of_this_process()}, {progressed, cancel});
    });
    std::thread worker([&] {
        decrypt();
        ended = true;
        eventfd_write(changed, 1);
    });

    pollfd sources[] = {{changed, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    for (eventfd_t times; !ended; poll(sources, 2, -1)) {
        if (sources[0].revents && eventfd_read(changed, &times) == 0) std::cerr << bytes_read << " bytes read\n";
        if (sources[1].revents) {
            eventfd_write(cancel, 1);  // so do a Cancel button and the end of its window
            sources[1].fd = -1;
        }
    }
    worker.join();
    try {
        const auto content = decrypt.get_future().get().content;
        std::cout.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
        return 0;
    } catch (const Error& error) {
        std::cerr << error.what() << "\nnext: " << error.hint() << "\n";
        return error.exit_status();
    }
}
