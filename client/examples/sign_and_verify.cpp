// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds the keys of an address, signs a MIME entity with it and verifies what came of it, all in memory.
//
//     c++ -std=c++20 sign_and_verify.cpp $(pkg-config --cflags --libs cardseal)
//     ./a.out ADDRESS <entity.txt >signed.eml
#include <cardseal.hpp>
#include <iostream>
#include <iterator>

using namespace cardseal::client;

namespace {

std::vector<uint8_t> sign(Client& client, const std::string& address, const std::string& entity) {
    for (const auto& key : client.list({.email = address, .usage = "sign"}))
        std::cerr << "key: " << key.id << " on the token '" << key.token << "'\n";

    // A program with a window would also follow the job and let the person cancel it: see main_loop.cpp.
    return client.sign({address}, as_bytes(entity), {.prompt = Prompt::of_this_process()});
}

bool verify(Client& client, const std::vector<uint8_t>& message) {
    const auto verification = client.verify(message);
    for (const auto& signer : verification.signers)
        std::cerr << "signer: " << signer.subject << ": signature " << signer.signature << ", chain " << signer.chain
                  << (signer.valid ? "" : ", not valid: " + signer.reason) << "\n";
    return verification.valid;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const std::string entity{std::istreambuf_iterator<char>(std::cin), {}};
    try {
        Client client;
        const auto message = sign(client, arguments[1], entity);
        std::cout.write(reinterpret_cast<const char*>(message.data()), static_cast<std::streamsize>(message.size()));
        return verify(client, message) ? 0 : 1;
    } catch (const Error& error) {
        std::cerr << error.what() << "\nnext: " << error.hint() << "\n";
        return error.exit_status();
    }
}
