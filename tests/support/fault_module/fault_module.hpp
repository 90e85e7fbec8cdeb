// SPDX-License-Identifier: LGPL-2.1-or-later
// The faults of the fault-injecting PKCS#11 module, as its control file says them.
//
// fault-module.so wraps a real module and misbehaves as a control file tells it. The file's path is in the environment
// variable FAULT_MODULE_CONTROL. It is looked at on every call and read again when its inode, size or time of change
// differs (replace it by rename, so that no half is ever read). One statement on each line; `#` starts a comment line.
// FUNCTION is a name such as C_Sign. A statement about a FUNCTION may end in `slot NUMBER`: then it holds only for
// calls on that slot or on a session with it.
//
//   real PATH                   the wrapped module; must be there when the module is loaded
//   log PATH                    append one line "FUNCTION CKR_NAME" for each call that ended, in one write
//   return FUNCTION CKR [N]     do not call the real function, return this; only the next N calls if N is given
//   nth N CKR                   the Nth call after this file was read returns this, whatever function it is of
//   hang FUNCTION               never return
//   hold FUNCTION               wait until the control file says so no more
//   meet FUNCTION N             the first N calls wait until all N have come
//   crash FUNCTION              die of SIGSEGV
//   abort FUNCTION              die of SIGABRT
//   exit FUNCTION               exit(0)
//   log-out FUNCTION [N]        log out of the session's token first, as another program may
//   meddle FUNCTION             write to standard output, ignore SIGTERM, change to the folder /
//   keep-locked FUNCTION        lock one of the caller's locks and forget to unlock it
//   corrupt FUNCTION [N]        flip a bit in the output of C_Sign or C_Decrypt
//   short FUNCTION [N]          the output of C_Sign or C_Decrypt loses its last byte
//   length FUNCTION SIZE        C_Sign, C_Decrypt and C_GetAttributeValue report outputs of SIZE bytes
//   flags CKF...                or-ed into CK_TOKEN_INFO.flags: USER_PIN_COUNT_LOW, USER_PIN_FINAL_TRY,
//   USER_PIN_LOCKED,
//                               PROTECTED_AUTHENTICATION_PATH with or without CKF_ before them, or a number
//   refuse CKM                  C_SignInit, C_DecryptInit and C_DeriveKey answer CKR_MECHANISM_INVALID and
//                               C_GetMechanismInfo too: RSA_PKCS, RSA_PKCS_PSS, RSA_PKCS_OAEP, RSA_X_509, ECDSA,
//                               ECDH1_DERIVE, ECDH1_COFACTOR_DERIVE with or without CKM_, or a number
//   always-authenticate         C_GetAttributeValue answers CK_TRUE for CKA_ALWAYS_AUTHENTICATE
//   pin-pad PIN                 C_Login without a PIN uses this one, as if typed at the reader
//   remove [LABEL]              the token with this label, or each, is not in its slot; its sessions are lost
//   unplug [LABEL]              nor is its slot there
//   slot-offset N               slots have numbers higher by N; when N changes all sessions are lost
//   slot-events [stall]         C_WaitForSlotEvent tells of the tokens that come and go with these statements; with
//                               "stall" no other function comes back while it waits
//
// C_GetSlotList, C_GetSlotInfo and C_WaitForSlotEvent are not logged unless they fail: slots are watched at any time. A
// function that is called with a session lost by removal is logged with " stale" behind it.
#pragma once

#include <p11-kit/pkcs11.h>

#include "hot_plug.hpp"

#include <sys/stat.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cardseal::fault_module {

enum class Action { Return, Hang, Hold, Meet, Crash, Abort, Exit, LogOut, Meddle, KeepLocked, Corrupt, Short, Length };

struct Fault {
    Action action;
    CK_ULONG value = 0;              ///< CK_RV of Return, bytes of Length, calls of Meet
    std::optional<int> remaining;    ///< calls it still applies to; empty: all
    std::optional<CK_SLOT_ID> slot;  ///< empty: every one
};

struct Control {
    std::string real;
    std::string log;
    std::multimap<std::string, Fault, std::less<>> faults;
    CK_ULONG calls_until_fault = 0;  ///< of `nth`; 0: none to come
    CK_RV nth_result = CKR_OK;
    CK_FLAGS token_flags = 0;
    std::set<CK_MECHANISM_TYPE> refused;
    bool always_authenticate = false;
    std::string pin_pad;
    Plugged plugged;
};

/// The faults of one call, taken from the control file at its start.
struct CallFaults {
    std::vector<Fault> faults;
    std::string log;
    CK_FLAGS token_flags;
    std::set<CK_MECHANISM_TYPE> refused;
    bool always_authenticate;
    std::string pin_pad;
    Plugged plugged;
};

/// Reads the control file again if it changed. Safe from several threads. `slot` is the one that the call is on.
CallFaults faults_of(const char* function, std::optional<CK_SLOT_ID> slot);

/// Returns once the control file does not say `hold` for this call.
void wait_while_held(const char* function, std::optional<CK_SLOT_ID> slot);

/// What it says is in the slots, now.
Plugged plugged_now();

/// The wrapped module's path, from the control file.
std::string real_module();

/// "CKR_OK", "CKR_DEVICE_REMOVED"; a number for one unknown.
std::string return_value_name(CK_RV value);

}  // namespace cardseal::fault_module
