// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of p11-kit's module files: which modules they give us.
#include "broker/p11_kit_modules.hpp"

#include "catch.hpp"
#include "temporary_folder.hpp"

using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

/// The paths of the modules that one module file gives.
std::vector<std::string> modules_of(const std::string& content) {
    const TemporaryFolder folder;
    folder.write("one.module", content);
    std::vector<std::string> paths;
    for (const auto& module : p11_kit_modules({"/usr/lib/pkcs11", {folder.path()}})) paths.push_back(module.path);
    return paths;
}

const std::vector<std::string> none;

}  // namespace

TEST_CASE("p11-kit: relative names are of p11-kit's module folder, absolute ones stand") {
    CHECK(modules_of("module: opensc-pkcs11.so\n") == std::vector<std::string>{"/usr/lib/pkcs11/opensc-pkcs11.so"});
    CHECK(modules_of("# comment\n module:  /opt/m.so \n") == std::vector<std::string>{"/opt/m.so"});
}

TEST_CASE("p11-kit: what a module wants at its initialisation is handed on") {
    const TemporaryFolder folder;
    folder.write("nss.module", "module: libsoftokn3.so\nx-init-reserved: configdir='sql:/home/a/nss' flags=readOnly\n");

    const auto modules = p11_kit_modules({"/usr/lib", {folder.path()}});

    REQUIRE(modules.size() == 1);
    CHECK(modules.front().init_args == "configdir='sql:/home/a/nss' flags=readOnly");
}

TEST_CASE("p11-kit: trust-policy modules and the proxy are passed over") {
    CHECK(modules_of("module: p11-kit-trust.so\ntrust-policy: yes\n") == none);
    CHECK(modules_of("module: p11-kit-proxy.so\n") == none);
    CHECK(modules_of("module: m.so\ntrust-policy: no\n").size() == 1);
}

TEST_CASE("p11-kit: enable-in and disable-in are honoured for cardseald") {
    CHECK(modules_of("module: m.so\nenable-in: firefox, cardseald\n").size() == 1);
    CHECK(modules_of("module: m.so\nenable-in: firefox cardseald-x\n") == none);
    CHECK(modules_of("module: m.so\ndisable-in: cardseald\n") == none);
    CHECK(modules_of("module: m.so\ndisable-in: p11-kit-proxy\n").size() == 1);
}

TEST_CASE("p11-kit: a later folder's field replaces an earlier one's, and an empty module disables") {
    const TemporaryFolder package, system;
    package.write("a.module", "module: a.so\n");
    package.write("b.module", "module: b.so\n");
    system.write("a.module", "module:\n");
    system.write("ignored.conf", "module: c.so\n");

    const auto modules = p11_kit_modules({"/lib", {package.path(), system.path(), "/nonexistent"}});

    REQUIRE(modules.size() == 1);
    CHECK(modules[0].path == "/lib/b.so");
}
