// SPDX-License-Identifier: LGPL-2.1-or-later
// cac_bridge PORT OPTIONS: shows a card of libcacard, which emulates CACs over an NSS database, to vpcd. It is inserted
// while this runs, and says so on standard output. OPTIONS are those of vcard_emul_options.
//
//   c++ -std=c++20 cac_bridge.cpp $(pkg-config --cflags --libs libcacard glib-2.0) -o cac_bridge
#include <libcacard.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

namespace {

using Octets = std::vector<uint8_t>;

enum Control : uint8_t { PowerOff = 0, PowerOn = 1, Reset = 2, GetAtr = 4 };

/// vpcd's connection: messages with their length, in two octets, before them.
class Reader {
public:
    explicit Reader(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            std::perror("connect");
            std::exit(1);
        }
        set(TCP_NODELAY);
    }

    std::optional<Octets> receive() {
        Octets size(2);
        if (!fill(size)) return std::nullopt;
        Octets message(static_cast<size_t>(size[0]) << 8 | size[1]);
        return fill(message) ? std::optional(message) : std::nullopt;
    }

    void send(const uint8_t* octets, size_t size) {
        Octets message{static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
        message.insert(message.end(), octets, octets + size);
        (void)!::send(socket_, message.data(), message.size(), MSG_NOSIGNAL);
    }

private:
    void set(int option) {
        const int on = 1;
        setsockopt(socket_, IPPROTO_TCP, option, &on, sizeof on);
    }

    bool fill(Octets& octets) {
        // vpcd sends length and message apart: without this each waits 40 ms for the other's acknowledgement.
        set(TCP_QUICKACK);
        return octets.empty() ||
               recv(socket_, octets.data(), octets.size(), MSG_WAITALL) == static_cast<ssize_t>(octets.size());
    }

    int socket_;
};

class Card {
public:
    explicit Card(const char* options) {
        if (vcard_emul_init(vcard_emul_options(options)) != VCARD_EMUL_OK) fail("the emulation does not start");
        auto* readers = vreader_get_reader_list();
        auto* first = vreader_list_get_first(readers);
        if (!first) fail("no card");
        card_ = vreader_list_get_reader(first);
        vcard_emul_force_card_insert(card_);
        // Kept: pcscd asks for it again and again, and powering the card on would reset it.
        size_of_atr_ = sizeof atr_;
        vreader_power_on(card_, atr_, &size_of_atr_);
    }

    void control(uint8_t what) {
        unsigned char atr[64];
        int size = sizeof atr;
        if (what == PowerOff || what == Reset) vreader_power_off(card_);
        if (what == PowerOn || what == Reset) vreader_power_on(card_, atr, &size);
    }

    void answer(Octets& message, Reader& reader) {
        if (message.size() == 1 && message[0] == GetAtr) return reader.send(atr_, static_cast<size_t>(size_of_atr_));
        if (message.size() == 1) return control(message[0]);
        Octets answer(0x10000);
        int size = static_cast<int>(answer.size());
        if (vreader_xfr_bytes(card_, message.data(), static_cast<int>(message.size()), answer.data(), &size) !=
            VREADER_OK)
            fail("the card does not answer");
        reader.send(answer.data(), static_cast<size_t>(size));
    }

private:
    [[noreturn]] static void fail(const char* why) {
        std::fprintf(stderr, "cac_bridge: %s\n", why);
        std::exit(1);
    }

    VReader* card_;
    unsigned char atr_[64];
    int size_of_atr_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    Card card(argv[2]);
    Reader reader(static_cast<uint16_t>(std::atoi(argv[1])));
    std::puts("inserted");
    std::fflush(stdout);
    while (auto message = reader.receive()) card.answer(*message, reader);
    return 0;
}
