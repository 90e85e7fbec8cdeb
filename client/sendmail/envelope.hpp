// SPDX-License-Identifier: LGPL-2.1-or-later
// sendmail's own arguments, as far as they say to whom a mail goes.
#pragma once

#include <string>
#include <vector>

namespace cardseal::client::sendmail {

/// Words of a command line.
using Arguments = std::vector<std::string>;

/// What a mail's sender told sendmail.
struct Envelope {
    Arguments arguments;  ///< as they were given
    Arguments options;    ///< of them those that are neither recipients nor -t
    Arguments recipients;
    bool reads_header = false;  ///< -t: the mail's header names recipients too
    bool ignores_dots = false;  ///< -i, -oi: a line of one dot does not end the mail
};

/// The options of sendmail, Postfix, Exim and msmtp. InvalidArgs for those by which sendmail does something else than
/// send the mail on its standard input (-bs, -bp, -q, -I).
Envelope read_envelope(const Arguments& arguments);

/// The same arguments, but that dots are ignored: a signed mail that ends at a line of its content is damaged.
Arguments arguments_as_given(const Envelope& envelope);

/// The same options with these recipients and nobody else.
Arguments arguments_for(const Envelope& envelope, const Arguments& recipients);

}  // namespace cardseal::client::sendmail
