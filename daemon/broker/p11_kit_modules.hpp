// SPDX-License-Identifier: LGPL-2.1-or-later
// p11-kit's module files: the PKCS#11 modules that the machine and its user have set up (pkcs11.conf(5)).
#pragma once

#include "broker/configuration.hpp"

namespace cardseal::broker {

struct P11KitPlaces {
    std::filesystem::path modules;               ///< where a relative "module:" is
    std::vector<std::filesystem::path> folders;  ///< of *.module files; a later folder's file replaces an earlier one's
};

P11KitPlaces p11_kit_places(const std::string& home);

/// Their modules that hold keys for us: no trust-policy modules, no proxy, none that is disabled for "cardseald".
std::vector<ModuleSetup> p11_kit_modules(const P11KitPlaces& places);

}  // namespace cardseal::broker
