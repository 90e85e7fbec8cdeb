// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of the decrypt job on bad messages share: a good message to spoil, and what a refusal is.
#pragma once

#include <openssl/rand.h>

#include "catch.hpp"
#include "enveloped_fixture.hpp"

namespace cardseal::cms::test {

inline const Identity& ada() { return recipient(TestKey::Rsa2048); }

inline Bytes good_message(ipc::OutputForm form = ipc::OutputForm::Der,
                          ContentCipher cipher = ContentCipher::Aes256Gcm) {
    return encrypted_to({&ada()}, sample_content(100), {.form = form, .cipher = cipher});
}

inline void check_good_message_still_works() {
    const auto outcome = decrypt_with({&ada()}, good_message());
    CHECK((outcome.output == sample_content(100)));
}

/// The decrypt job fails so, asks for at most that many keys, and writes nothing.
inline void check_refused(ByteView message, ErrorCode code, int keys = 0, ipc::InputForm form = ipc::InputForm::Auto,
                          const Identity& identity = ada()) {
    const auto outcome = decrypt_with({&identity}, message, form);
    INFO(outcome.finished.message);
    CHECK(outcome.finished.code == code);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.of_keys() == keys);
    CHECK((keys > 0 || outcome.requests.choices == 0));
}

inline CraftedMessage crafted(ContentCipher cipher = ContentCipher::Aes256Gcm) {
    const auto key = key_of_size(cipher == ContentCipher::Aes128Gcm || cipher == ContentCipher::Aes128Cbc ? 16 : 32);
    auto message = craft(cipher, key, sample_content(100));
    message.recipient_infos = {recipient_info(ada(), key)};
    return message;
}

inline Bytes random_bytes(size_t size) {
    Bytes bytes(size);
    RAND_bytes(bytes.data(), static_cast<int>(size));
    return bytes;
}

}  // namespace cardseal::cms::test
