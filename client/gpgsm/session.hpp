// SPDX-License-Identifier: LGPL-2.1-or-later
// One conversation with a program that takes this one for gpgsm (GnuPG's manual, "The Protocol the Server Mode Uses").
//
// What crosses here: commands and descriptors of the program that started this one, as the same person. The daemon
// reads and writes the mail; the verdicts told are the daemon's, or those of the real gpgsm where the whole command is
// its.
#pragma once

#include <gpg-error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cardseal.hpp"
#include "command/asking_program.hpp"
#include "gpgsm/channel.hpp"
#include "gpgsm/colon_listing.hpp"
#include "gpgsm/data_ends.hpp"
#include "gpgsm/key_ring.hpp"
#include "gpgsm/real_gpgsm.hpp"

namespace cardseal::gpgsm {

/// What the session needs of its surroundings.
struct Surroundings {
    std::optional<std::string> gpgsm;    ///< path of the real one
    std::vector<std::string> arguments;  ///< for it, as they came
    InheritedDescriptors inherited;
    int log = -1;  ///< borrowed; -1: nothing is logged
};

class Session {
public:
    Session(Channel& caller, Surroundings surroundings);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Answers until the caller says BYE or leaves.
    void serve();

private:
    /// The last line of an answer.
    using Reply = std::string;
    struct Handler {
        std::string_view name;
        Reply (Session::*answer)(const Command& command);
    };
    static const Handler handlers[];

    Reply answer(const Line& line);
    Reply dispatch(const Command& command);

    // Each answers one command.
    Reply do_option(const Command& command);
    Reply do_reset(const Command& command);
    Reply do_getinfo(const Command& command);
    Reply do_descriptor(const Command& command);
    Reply do_list(const Command& command);
    Reply do_export(const Command& command);
    Reply do_delete(const Command& command);
    Reply do_audit_log(const Command& command);
    Reply do_signer(const Command& command);
    Reply do_recipient(const Command& command);
    Reply do_sign(const Command& command);
    Reply do_encrypt(const Command& command);
    Reply do_decrypt(const Command& command);
    Reply do_verify(const Command& command);
    Reply do_bye(const Command& command);

    // The real gpgsm.
    RealGpgsm* real();
    Reply pass_on(const Command& command);
    Reply pass_on_with_data(const Command& command);
    std::string ask_real(const std::string& command);
    /// Certain to list nothing, and not running yet.
    bool real_is_empty() const;
    std::string listed_by_real(const std::string& command);
    std::vector<uint8_t> certificate_of_gpgsm(const std::string& pattern);
    std::vector<std::vector<uint8_t>> certificates_of_gpgsm(const Words& words, const std::vector<Entry>& but);

    // The daemon.
    client::Client& daemon();
    std::vector<Entry> entries_of(std::vector<Entry> (*find)(client::Client&));
    std::vector<Entry> all_entries();
    client::Watch watch() const { return {{}, hangup_.get()}; }
    client::Prompt prompt() const;

    // Parts of the commands above.
    bool names_own_keys_only(const std::vector<std::string>& patterns, const std::vector<Entry>& own) const;
    void choose_default_signer();
    Reply refuse(std::string_view status, int reason, const std::string& pattern, gpg_err_code_t error);
    Reply refuse_deletion(int problem, gpg_err_code_t error);
    Reply decrypt_with_daemon(const RewindableInput& input);
    bool is_signed(const RewindableInput& input);
    Reply tell(const client::Verification& verification);
    void tell(const client::Signer& signer);
    void status(const std::string& text) { caller_.write_line("S " + text); }
    void log(const client::Error& error) const;
    /// Its value; empty if it was not given.
    std::string option(const std::string& name) const;
    bool option_is(const std::string& name, std::string_view value) const { return option(name) == value; }
    void forget_data();

    Channel& caller_;
    Surroundings surroundings_;
    Descriptor hangup_;  ///< readable when the caller has left
    client::AskingProgram asking_;
    std::vector<std::pair<std::string, std::string>> options_;  ///< each name once
    DataEnd input_, output_, message_;
    std::vector<Entry> signers_, recipients_;
    std::optional<std::vector<Entry>> known_;  ///< all entries, from the first of several RECIPIENT to the last
    std::vector<std::string> signers_of_gpgsm_, recipients_of_gpgsm_;  ///< as it was told
    std::optional<client::Client> daemon_;
    std::optional<RealGpgsm> real_;
    bool answered_by_gpgsm_ = false;  ///< the last operation
    bool ended_ = false;
};

}  // namespace cardseal::gpgsm
