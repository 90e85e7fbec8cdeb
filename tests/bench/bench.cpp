// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-bench: operations through the bus beside the module's own calls, as ratios from one run.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "bus_client.hpp"
#include "raw_token.hpp"

using namespace bench;
using Seconds = std::chrono::duration<double>;

namespace {

constexpr unsigned rounds = 5;  // raw and bus in turn, so that the machine's moods meet both
constexpr unsigned in_flight = 8;

std::vector<unsigned char> read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(std::string("cannot read ") + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

using MakeOperation = std::function<std::function<void()>()>;

/// Operations per second of `threads` threads together.
double raw_rate(const MakeOperation& make, unsigned threads, Seconds time) {
    std::vector<std::function<void()>> operations;
    for (unsigned i = 0; i < threads; ++i) operations.push_back(make());
    std::atomic<bool> stop = false;
    std::atomic<size_t> done = 0;
    std::vector<std::jthread> running;
    const auto start = std::chrono::steady_clock::now();
    for (auto& operation : operations)
        running.emplace_back([&] {
            for (; !stop; ++done) operation();
        });
    std::this_thread::sleep_until(start + time);
    stop = true;
    running.clear();
    return static_cast<double>(done) / Seconds(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(const char* name, BusClient& bus, const InlineCall& call, const MakeOperation& make, Seconds time) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<double> raw_one, raw_all, one, many, slower, share;
    for (unsigned round = 0; round < rounds; ++round) {
        raw_one.push_back(1000 / raw_rate(make, 1, time));
        one.push_back(bus.run(call, 1, time).median_ms);
        raw_all.push_back(raw_rate(make, cores, time));
        many.push_back(bus.run(call, in_flight, time).per_second);
        slower.push_back(one.back() / raw_one.back());
        share.push_back(many.back() / raw_all.back());
    }
    std::printf("%-18s %8.3f %8.3f %7.2fx  %8.0f %8.0f %8.2f   (%.2f..%.2f, %.2f..%.2f)\n", name, median(raw_one),
                median(one), median(slower), median(raw_all), median(many), median(share),
                *std::min_element(slower.begin(), slower.end()), *std::max_element(slower.begin(), slower.end()),
                *std::min_element(share.begin(), share.end()), *std::max_element(share.begin(), share.end()));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 9) {
        std::fprintf(stderr,
                     "usage: cardseal-bench MODULE TOKEN-LABEL PIN RSA-KEY EC-KEY ENVELOPED.der WRAPPED-KEY SECONDS\n");
        return 2;
    }
    try {
        const Seconds time(std::stod(argv[8]));
        const std::vector<unsigned char> content(1024, 'x');
        const InlineCall sign_rsa{"Sign", argv[4], content};
        const InlineCall sign_ec{"Sign", argv[5], content};
        const InlineCall decrypt{"Decrypt", "", read_file(argv[6])};
        BusClient bus;
        for (const auto& call : {sign_rsa, sign_ec, decrypt}) bus.unlock(call);
        RawToken token(argv[1], argv[2], argv[3]);
        std::printf("1 KiB; medians of %u paired rounds       one at a time, ms         %u in flight, per second\n",
                    rounds, in_flight);
        std::printf("%-18s %8s %8s %8s  %8s %8s %8s\n", "", "raw", "bus", "bus/raw", "raw*", "bus", "bus/raw");
        compare(
            "RSA-2048 sign", bus, sign_rsa,
            [&] { return token.signing(CKK_RSA, CKM_RSA_PKCS, std::vector<unsigned char>(51, 1)); }, time);
        compare(
            "P-256 sign", bus, sign_ec,
            [&] { return token.signing(CKK_EC, CKM_ECDSA, std::vector<unsigned char>(32, 1)); }, time);
        compare(
            "RSA-2048 decrypt", bus, decrypt, [&] { return token.decrypting(read_file(argv[7])); }, time);
        std::printf("* as many threads as cores; in brackets the least and the greatest ratio of the rounds\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cardseal-bench: %s\n", error.what());
        return 1;
    }
}
