// SPDX-License-Identifier: LGPL-2.1-or-later
// The real sendmail: where it is, and how it is given a mail.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client::sendmail {

/// `wanted`, or if that is empty sendmail, else msmtp; a name without a folder is looked for in the folders of PATH and
/// where sendmail is when it is not there. Nothing if there is none; this program under another name is none.
std::optional<FileName> find_sendmail(const FileName& wanted);

/// Runs it with the mail on its standard input and gives its exit status; EX_OSERR if it could not be run or was
/// killed, which standard error tells. Lines end as in files, with LF: that is what sendmail takes.
int hand_over(const FileName& sendmail, const std::vector<std::string>& arguments, const std::string& mail);

/// Whether this process was started by the sendmail that it would start.
bool was_started_by_itself();

}  // namespace cardseal::client::sendmail
