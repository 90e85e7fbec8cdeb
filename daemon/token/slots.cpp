// SPDX-License-Identifier: LGPL-2.1-or-later
// The module's slots as it tells of them, without asking a token anything.
#include "token/slots.hpp"

#include "token/return_values.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

namespace {

constexpr CK_ULONG most_slots = 4096;

void require_few(CK_ULONG count) {
    if (count > most_slots) throw Error(ErrorCode::ModuleFailed, "cannot list slots: the module reports too many");
}

/// New readers show only after a call without a place for the list (PKCS#11 v2.40 §5.5). A module may find more between
/// the two calls (CKR_BUFFER_TOO_SMALL), hence a margin.
std::vector<CK_SLOT_ID> list_slots(const CK_FUNCTION_LIST& functions) {
    CK_ULONG count = 0;
    require_ok("cannot list slots", functions.C_GetSlotList(CK_FALSE, nullptr, &count));
    require_few(count);
    count += 8;
    std::vector<CK_SLOT_ID> slots(count);
    require_ok("cannot list slots", functions.C_GetSlotList(CK_FALSE, slots.data(), &count));
    require_few(count);
    slots.resize(std::min<size_t>(count, slots.size()));
    return slots;
}

}  // namespace

std::vector<Slot> read_slots(const CK_FUNCTION_LIST& functions) {
    std::vector<Slot> slots;
    CK_RV failure = CKR_OK;
    for (const auto id : list_slots(functions)) {
        CK_SLOT_INFO info{};
        if (const auto result = functions.C_GetSlotInfo(id, &info); result != CKR_OK) {
            failure = result;
            continue;
        }
        const ByteView description(info.slotDescription, sizeof info.slotDescription);
        slots.push_back({id, clean_padded_text(description), (info.flags & CKF_TOKEN_PRESENT) != 0});
    }
    if (slots.empty()) require_ok("cannot look at the slots", failure);
    return slots;
}

}  // namespace cardseal::token
