// SPDX-License-Identifier: LGPL-2.1-or-later
// SoftHSM tokens in a temporary folder of their own, with keys put on them through PKCS#11.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cardseal::token {

/// A folder that goes with its owner.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// When the token wants the PIN for a key: after a login not again, or for each use (CKA_ALWAYS_AUTHENTICATE).
enum class PinWanted { Once, EachUse };

/// What the token lets the private key do.
enum class Allowed { Everything, Signatures, Recovery };

/// What is put on a token: a private key, a certificate and a public key with one CKA_ID; any may be left out (empty).
struct Content {
    std::string key;
    std::string certificate;
    std::string public_key = {};
    PinWanted pin_wanted = PinWanted::Once;
    Allowed allowed = Allowed::Everything;
};

inline constexpr char test_pin[] = "123456";
inline constexpr char security_officer_pin[] = "87654321";

class SoftTokens {
public:
    SoftTokens();

    /// Content by the names of test_key.
    void add(const std::string& label, const std::vector<Content>& contents);
    /// A key with its own certificate for each name.
    void add(const std::string& label, const std::vector<std::string>& names);
    struct PrivateKeyFlags {
        unsigned long type;  ///< CK_KEY_TYPE
        bool is_private, sensitive, extractable, signs;
        bool recovers;  ///< decrypts or derives
    };
    /// What the token says of its private keys after a login.
    std::vector<PrivateKeyFlags> private_key_flags(const std::string& label) const;
    /// Tokens vanish from a process that starts from now on.
    void remove_all();

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path configuration() const { return folder() / "softhsm2.conf"; }

private:
    TemporaryFolder folder_;
};

std::string softhsm_path();

}  // namespace cardseal::token
