// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseald: the broker between programs on the bus, PKCS#11 tokens and CMS workers.
#include <csignal>
#include <cstdio>

#include "base/log.hpp"
#include "broker/command_line.hpp"
#include "broker/control_object.hpp"
#include "broker/logind.hpp"
#include "broker/p11_kit_modules.hpp"
#include "broker/public_object.hpp"
#include "sandbox/hardening.hpp"

using namespace cardseal;
using namespace cardseal::broker;

namespace {

constexpr Milliseconds time_to_drain{10'000};

std::vector<ModuleSetup> modules_of(const Configuration& configuration) {
    if (!configuration.modules.empty()) return configuration.modules;
    return p11_kit_modules(p11_kit_places(environment_variable("HOME")));
}

std::vector<CertificateFolder> certificate_folders(const Configuration& configuration,
                                                   const std::filesystem::path& user_folder) {
    std::vector<CertificateFolder> folders;
    if (!user_folder.empty()) folders.push_back({user_folder, ipc::CertificateSource::User});
    for (const auto& path : configuration.certificate_folders)
        folders.push_back({path, ipc::CertificateSource::System});
    return folders;
}

Logind::Events session_events(Logins& logins, TokenModules& modules, const LogoutSetup& logout) {
    const auto log_out_if = [&logins](bool wanted, const std::string& why, const Action& done) {
        wanted ? logins.log_out_all(why, done) : done();
    };
    return {.screen_locked = [=] { log_out_if(logout.on_screen_lock, "the screen is locked", [] {}); },
            .about_to_sleep =
                [=](const Action& ready) { log_out_if(logout.on_suspend, "the machine is about to sleep", ready); },
            // A token may have been taken out meanwhile.
            .woke_up = [&modules] { modules.refresh(Milliseconds(0), [] {}); }};
}

int print(const std::string& text) { return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0; }

int check(const Configuration& configuration) {
    if (configuration.file.empty()) return print("there is no cardseal.toml, and no need of one\n");
    return print(configuration.file.string() + " is valid\n");
}

int serve(const CommandLine& line, const Configuration& configuration) {
    EventLoop loop;
    const auto bus_gone = [&] { loop.stop(); };
    BusConnection control_bus(loop, BusConnection::Bus::Session, bus_gone),
        public_bus(loop, BusConnection::Bus::Session, bus_gone);

    TokenModules modules(loop, line.libexecdir / "cardseal-token-worker", modules_of(configuration));
    CmsWorkers workers(loop, line.libexecdir / "cardseal-cms-worker");
    Logins logins(loop, modules, configuration.logout);
    const Logind logind(loop, session_events(logins, modules, configuration.logout));
    Prompts prompts(loop, modules, logins, configuration.pinentry);
    TrustFiles anchors("trust anchors", configuration.anchors), crls("CRLs", configuration.crls);
    const auto user_folder =
        user_certificate_folder(environment_variable("HOME"), environment_variable("XDG_DATA_HOME"));
    CertificateFolders folders(certificate_folders(configuration, user_folder));
    const UserCertificates user_certificates(user_folder);
    Callers callers(public_bus.get());
    Audit audit;
    const JobServices services{loop,
                               modules,
                               logins,
                               prompts,
                               workers,
                               callers,
                               audit,
                               anchors,
                               crls,
                               folders,
                               user_certificates,
                               configuration.remembering,
                               configuration.keys};
    Jobs jobs(services);
    callers.when_left([&](const std::string& name) { jobs.caller_left(name); });
    modules.when_removed([&](const ipc::TokenFound& token) { jobs.token_removed(token); });

    const ControlObject control_object(control_bus.get(), loop, configuration, logind, modules, jobs, audit,
                                       user_certificates);
    const PublicObject public_object(public_bus.get(), loop, modules, jobs);
    const auto end = [&] { jobs.drain(time_to_drain, [&] { loop.stop(); }); };
    const auto terminated = loop.on_signal(SIGTERM, end), interrupted = loop.on_signal(SIGINT, end);
    control_bus.acquire("org.cardseal.CardsealControl1");
    public_bus.acquire("org.cardseal.Cardseal1");
    log(Severity::Info, "cardseald " CARDSEAL_VERSION " is ready");
    loop.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        sandbox::harden_process();
        sandbox::start_openssl_without_configuration();
        const auto line = parse_command_line(std::span(argv, static_cast<size_t>(argc)));
        if (line.answer) return print(*line.answer);
        const auto configuration = find_configuration(line.configuration);
        return line.purpose == Purpose::CheckConfiguration ? check(configuration) : serve(line, configuration);
    } catch (const Error& error) {
        log(Severity::Error, "cardseald: " + error.message());
        return error.code() == ErrorCode::InvalidArgs ? 2 : 1;
    } catch (const std::exception& error) {
        log(Severity::Error, std::string("cardseald: ") + error.what());
        return 1;
    }
}
