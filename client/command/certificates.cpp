// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates command: what is known of other people, and taking more in or out.
#include <unistd.h>

#include <algorithm>
#include <set>

#include "command/cancel_signals.hpp"
#include "command/commands.hpp"
#include "command/input_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

std::vector<StoredCertificate> find(const CertificateFilter& filter) {
    const CancelSignals signals;
    return Client().certificates(filter, {{}, signals.descriptor()});
}

CertificateFilter filter_of(const std::string& name) {
    CertificateFilter filter;
    (name.find('@') != name.npos ? filter.email : filter.fingerprint) = name;
    return filter;
}

Error none_known(const std::string& name) {
    return failure(ErrorCode::NoSuchCertificate, "no certificate of '" + printable(name) + "' is known");
}

/// The one certificate that a beginning of a fingerprint names.
std::string whole_fingerprint(const std::string& name) {
    std::set<std::string> fingerprints;
    for (const auto& certificate : find(filter_of(name))) fingerprints.insert(certificate.fingerprint);
    if (fingerprints.empty()) throw none_known(name);
    if (fingerprints.size() == 1) return *fingerprints.begin();
    throw failure(ErrorCode::Ambiguous,
                  "several certificates fit: " + join({fingerprints.begin(), fingerprints.end()}));
}

}  // namespace

int run(const ListCertificates& request) {
    CertificateFilter filter;
    filter.email = request.address;
    const auto certificates = find(filter);
    print(request.report == Report::Json ? to_json(certificates) : describe(certificates, palette_of(stdout)));
    if (certificates.empty() && request.report == Report::People)
        print("no certificate" + (request.address.empty() ? "" : " of '" + printable(request.address) + "'") +
                  " is known\n",
              stderr);
    return 0;
}

int run(const ImportCertificates& request) {
    const CancelSignals signals;
    Client client;
    std::vector<std::string> imported;
    for (const auto& name : request.files) {
        std::vector<uint8_t> file;
        for (const auto& certificate : read_certificates(name))
            file.insert(file.end(), certificate.begin(), certificate.end());
        for (const auto& fingerprint : client.import_certificates(file, {{}, signals.descriptor()})) {
            imported.push_back(fingerprint);
            if (request.report == Report::People) print(printable(fingerprint) + "\n");
        }
    }
    if (request.report == Report::Json) print(fingerprints_to_json(imported));
    return 0;
}

int run(const ShowCertificates& request) {
    const auto certificates = find(filter_of(request.name));
    if (certificates.empty()) throw none_known(request.name);
    print(request.report == Report::Json ? to_json(certificates) : describe_with_pem(certificates, palette_of(stdout)));
    return 0;
}

int run(const RemoveCertificate& request) {
    const auto fingerprint = whole_fingerprint(request.fingerprint);
    Client().remove_certificate(fingerprint);
    return 0;
}

}  // namespace cardseal::client
