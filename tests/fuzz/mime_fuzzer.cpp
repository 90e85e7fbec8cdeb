// SPDX-License-Identifier: LGPL-2.1-or-later
// Fuzzes the walk over a mail: whatever a stranger sends, each part lies in the one around it and none on its
// neighbour, and the reports fit into a result.
#include "cms/mail_parts.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

bool is_in(const std::string& path, const std::string& outer) {
    return outer.empty() ? !path.empty() : path.starts_with(outer + ".");
}

void check_places(const std::vector<MailPart>& parts, uint64_t size) {
    for (size_t i = 0; i < parts.size(); ++i) {
        require(parts[i].offset <= size && parts[i].size <= size - parts[i].offset);
        require(parts[i].header.size <= parts[i].size);
        for (size_t j = i + 1; j < parts.size(); ++j) {
            const auto end = parts[i].offset + parts[i].size;
            if (is_in(parts[j].path, parts[i].path))
                require(parts[j].size == 0 ||
                        (parts[j].offset >= parts[i].body() && parts[j].offset + parts[j].size <= end));
            else
                require(parts[j].size == 0 || parts[j].offset >= end);
        }
    }
}

void check_choice(const MailParts& parts, ipc::PartKind kind) {
    try {
        const auto& chosen = parts.choose({}, kind);
        require(!chosen.of_attached_mail);
        ipc::Finished finished;
        finished.parts = parts.report(&chosen);
        (void)ipc::encode(finished);
        if (kind == ipc::PartKind::Signed && chosen.header.media_type == "multipart/signed")
            require(parts.signed_content(chosen).offset + parts.signed_content(chosen).size <=
                    parts.signature(chosen).offset);
    } catch (const Error&) {
        // A refusal is an answer.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const MemorySource mail(Bytes(data, data + size));
    try {
        check_places(walk_mail(mail), size);
        const MailParts parts(mail);
        for (const auto kind : {ipc::PartKind::Signed, ipc::PartKind::Enveloped, ipc::PartKind::Compressed})
            check_choice(parts, kind);
    } catch (const Error&) {
        // A refusal is an answer.
    }
    return 0;
}
