// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs that two programs read, encoded outputs, inherited descriptors.
#include <fcntl.h>
#include <sys/mman.h>

#include <array>

#include "catch.hpp"
#include "gpgsm/data_ends.hpp"

using namespace cardseal::gpgsm;

namespace {

std::string rest_of(int descriptor) {
    std::array<char, 4096> buffer;
    std::string text;
    for (ssize_t size; (size = read(descriptor, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<size_t>(size));
    return text;
}

void put(int descriptor, const std::string& text) {
    REQUIRE(write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

Descriptor pipe_with(const std::string& text) {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    const Descriptor writer(ends[1]);
    put(writer.get(), text);
    return Descriptor(ends[0]);
}

Descriptor memory_file() { return Descriptor(memfd_create("test", MFD_CLOEXEC)); }

}  // namespace

TEST_CASE("gpgsm input: what a pipe gave can be read again by the next program") {
    auto source = pipe_with("signed");
    const RewindableInput input(source.get());
    CHECK(rest_of(input.descriptor()) == "signed");

    input.give_back(source);

    CHECK(rest_of(source.get()) == "signed");
}

TEST_CASE("gpgsm input: a file is read from where it stood, both times") {
    auto source = memory_file();
    put(source.get(), "before after");
    lseek(source.get(), 7, SEEK_SET);
    const RewindableInput input(source.get());
    CHECK(rest_of(input.descriptor()) == "after");

    input.give_back(source);

    CHECK(rest_of(source.get()) == "after");
}

TEST_CASE("gpgsm output: base64 has lines of 64 and armor has gpgsm's lines around them") {
    CHECK(encode("a", Encoding::Binary, "X") == "a");
    CHECK(encode("a", Encoding::Base64, "X") == "YQ==\n");
    CHECK(encode("", Encoding::Base64, "X").empty());
    CHECK(encode(std::string(48, 'a'), Encoding::Base64, "X").size() == 65);
    CHECK(encode("ab", Encoding::Armor, "SIGNED MESSAGE") ==
          "-----BEGIN SIGNED MESSAGE-----\nYWI=\n-----END SIGNED MESSAGE-----\n");
}

TEST_CASE("gpgsm output: what the daemon wrote goes out encoded, and a binary one at once") {
    const DataEnd armored{memory_file(), Encoding::Armor, {}}, binary{memory_file(), Encoding::Binary, {}};

    EncodedOutput encoded(armored, "SIGNED MESSAGE"), plain(binary, "SIGNED MESSAGE");
    put(encoded.descriptor(), "ab");
    put(plain.descriptor(), "ab");
    encoded.finish();
    plain.finish();

    lseek(armored.descriptor.get(), 0, SEEK_SET);
    lseek(binary.descriptor.get(), 0, SEEK_SET);
    CHECK(rest_of(armored.descriptor.get()) == "-----BEGIN SIGNED MESSAGE-----\nYWI=\n-----END SIGNED MESSAGE-----\n");
    CHECK(rest_of(binary.descriptor.get()) == "ab");
}

TEST_CASE("gpgsm descriptors: one that was there at the start is given out once, and those kept never") {
    const int number = fcntl(STDERR_FILENO, F_DUPFD, 100);  // owned by what gives it out
    const Descriptor kept(fcntl(STDERR_FILENO, F_DUPFD, 100));
    InheritedDescriptors inherited({kept.get()});
    const auto later = memory_file();

    CHECK_FALSE(inherited.take(kept.get()));
    CHECK_FALSE(inherited.take(later.get()));
    CHECK_FALSE(inherited.take(STDIN_FILENO));
    const auto taken = inherited.take(number);

    CHECK(taken.get() == number);
    CHECK((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_FALSE(inherited.take(number));
}
