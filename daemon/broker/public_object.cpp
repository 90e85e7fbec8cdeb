// SPDX-License-Identifier: LGPL-2.1-or-later
// PublicObject: the interface for programs, org.cardseal.Cardseal1.
#include "broker/public_object.hpp"

#include "base/secret.hpp"
#include "broker/bus_edge.hpp"
#include "broker/inline_content.hpp"
#include "broker/key_filter.hpp"
#include "broker/result_maps.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* path = "/org/cardseal/Cardseal1";
constexpr Milliseconds fresh_enough{1'000};
constexpr size_t most_recipients = 999;
constexpr size_t largest_recipient = 64 * 1024;  // a certificate in PEM with text around it

FileDescriptor taken(sdbus::UnixFd& descriptor) { return FileDescriptor(descriptor.release()); }

JobFiles foreign_files(FileDescriptor input, FileDescriptor output) {
    return {.input = std::move(input), .output = std::move(output), .content = {}};
}

JobRequest decode_sign(std::vector<std::string>& keys, Options& options) {
    if (keys.empty() || keys.size() > ipc::max_signers_made)
        throw Error(ErrorCode::InvalidArgs, "'keys' must name 1 to 16 keys");
    auto request = take_sign_options(options);
    request.keys = std::move(keys);
    return request;
}

JobRequest decode_encrypt(std::vector<std::vector<uint8_t>>& recipients, Options& options) {
    if (recipients.size() > most_recipients)
        throw Error(ErrorCode::InvalidArgs, "'recipients' must be at most 999 certificates");
    for (const auto& recipient : recipients)
        if (recipient.size() > largest_recipient)
            throw Error(ErrorCode::LimitExceeded, "a recipient's certificate is larger than 65536 bytes");
    auto request = take_encrypt_options(options);
    if (recipients.empty() && request.addresses.empty())
        throw Error(ErrorCode::InvalidArgs, "nobody to encrypt to: 'recipients' and the option 'addresses' are empty");
    request.recipients = std::move(recipients);
    return request;
}

using FoundKeys = std::vector<sdbus::Struct<std::string, OptionMap>>;

FoundKeys found_keys(std::span<const PresentKey> keys) {
    FoundKeys found;
    for (const auto& key : keys) found.emplace_back(bus_text(key.key->reference.key.value), key_map(key));
    return found;
}

CertificatesRequest judgement_request(std::span<const PresentKey> keys) {
    CertificatesRequest request{.action = ipc::CertificatesAction::Judge};
    for (const auto& key : keys)
        if (has_certificate(*key.key)) request.token_certificates.push_back({key.key->certificate, key.key->chain});
    if (request.token_certificates.size() > ipc::max_certificates_judged)
        throw Error(ErrorCode::LimitExceeded, "too many certificates to judge: use a filter");
    return request;
}

/// `next` gives the verdicts in the order of the keys that have a certificate.
template <class Next>
FoundKeys with_verdicts(FoundKeys keys, Next next) {
    for (auto& key : keys)
        if (auto& map = std::get<1>(key); !map.at("certificate").get<Bytes>().empty()) add_verdict(map, next());
    return keys;
}

ipc::CertificateJudged unjudged(const Error& why) {
    return {ipc::ChainVerdict::Unknown, "it could not be judged: " + why.message().substr(0, 512)};
}

}  // namespace

PublicObject::PublicObject(sdbus::IConnection& connection, EventLoop& loop, TokenModules& modules, Jobs& jobs)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path)),
      modules_(modules),
      jobs_(jobs),
      job_objects_(connection, path, loop, jobs) {
    registerAdaptor();
    modules_.when_changed([this] { emitKeysChanged(); });
}

PublicObject::~PublicObject() { unregisterAdaptor(); }

std::string PublicObject::caller() const { return bus::sender_of(bus::current_message(getObject())); }

void PublicObject::run_inline(InlineDone&& result, OptionMap option_map, std::vector<uint8_t> content,
                              const char* instead, const Decode& decode) {
    // Its memory is wiped when the message is freed, and that of the reply too.
    (void)sd_bus_message_sensitive(bus::RawMessage::of(bus::current_message(getObject())));
    Options options(std::move(option_map));
    JobOwner owner{caller(), take_prompt_setup(options, Interaction::None)};
    JobFiles files{.input = inline_input(content, instead),
                   .output = inline_output(),
                   .content = {},
                   .origin = ipc::InputOrigin::Private};
    auto request = decode(options, files);
    options.refuse_unknown();
    // Shared by the copies of the callback only, because std::function copies.
    const auto output = std::make_shared<FileDescriptor>(files.output.duplicate());
    const auto answer = std::make_shared<InlineDone>(std::move(result));
    const auto id = jobs_.add(std::move(owner), std::move(request), std::move(files));
    const auto ended = [output, answer, instead](const Outcome<JobResult>& outcome) {
        try {
            if (const auto* error = error_of(outcome)) return answer->returnError(dbus_error(*error));
            auto bytes = inline_result(*output, instead);
            answer->returnResults(bytes, result_map(std::get<JobResult>(outcome)));
            wipe(bytes);
        } catch (const Error& error) {  // the D-Bus edge of an answer that came later
            answer->returnError(dbus_error(error));
        }
    };
    jobs_.start(id, ended, [](const ipc::Progress&) {});
}

void PublicObject::StartSign(JobStarted&& result, std::vector<std::string> keys, sdbus::UnixFd input,
                             sdbus::UnixFd output, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), taken(output)),
                           [&](Options& own, JobFiles&) { return decode_sign(keys, own); });
    });
}

void PublicObject::StartDecrypt(JobStarted&& result, sdbus::UnixFd input, sdbus::UnixFd output, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), taken(output)),
                           [](Options& own, JobFiles&) { return take_decrypt_options(own); });
    });
}

void PublicObject::StartDecompress(JobStarted&& result, sdbus::UnixFd input, sdbus::UnixFd output, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), taken(output)),
                           [](Options& own, JobFiles&) { return take_decompress_options(own); });
    });
}

void PublicObject::StartVerify(JobStarted&& result, sdbus::UnixFd input, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), {}),
                           [](Options& own, JobFiles& files) {
                               files.content = take_descriptor(own, "content");
                               files.output = take_descriptor(own, "output");
                               return take_verify_options(own);
                           });
    });
}

void PublicObject::StartEncrypt(JobStarted&& result, std::vector<std::vector<uint8_t>> recipients, sdbus::UnixFd input,
                                sdbus::UnixFd output, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), taken(output)),
                           [&](Options& own, JobFiles&) { return decode_encrypt(recipients, own); });
    });
}

void PublicObject::StartInspect(JobStarted&& result, sdbus::UnixFd input, OptionMap options) {
    at_bus_edge([&] {
        job_objects_.start(result, caller(), std::move(options), foreign_files(taken(input), {}),
                           [](Options& own, JobFiles&) { return take_inspect_options(own); });
    });
}

void PublicObject::Sign(InlineDone&& result, std::vector<std::string> keys, std::vector<uint8_t> content,
                        OptionMap options) {
    at_bus_edge([&] {
        run_inline(std::move(result), std::move(options), std::move(content), "StartSign",
                   [&](Options& own, JobFiles&) { return decode_sign(keys, own); });
    });
}

void PublicObject::Decrypt(InlineDone&& result, std::vector<uint8_t> message, OptionMap options) {
    at_bus_edge([&] {
        run_inline(std::move(result), std::move(options), std::move(message), "StartDecrypt",
                   [](Options& own, JobFiles&) { return take_decrypt_options(own); });
    });
}

void PublicObject::Verify(InlineDone&& result, std::vector<uint8_t> message, OptionMap options) {
    at_bus_edge([&] {
        run_inline(std::move(result), std::move(options), std::move(message), "StartVerify",
                   [](Options& own, JobFiles& files) {
                       files.content = take_descriptor(own, "content");
                       return take_verify_options(own);
                   });
    });
}

void PublicObject::Encrypt(InlineDone&& result, std::vector<std::vector<uint8_t>> recipients,
                           std::vector<uint8_t> content, OptionMap options) {
    at_bus_edge([&] {
        run_inline(std::move(result), std::move(options), std::move(content), "StartEncrypt",
                   [&](Options& own, JobFiles&) { return decode_encrypt(recipients, own); });
    });
}

void PublicObject::FindKeys(KeysFound&& result, OptionMap filter_map) {
    at_bus_edge([&] {
        Options options(std::move(filter_map));
        const auto filter = take_key_filter(options);
        options.refuse_unknown();
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<KeysFound>(std::move(result));
        modules_.refresh(fresh_enough, [this, answer, filter, caller = caller()] {
            try {
                const auto keys = fitting_keys(modules_.keys(), filter);
                if (filter.verdicts == Verdicts::Wanted) return answer_judged(answer, keys, caller);
                answer->returnResults(found_keys(keys));
            } catch (const Error& error) {  // the D-Bus edge of an answer that came later
                answer->returnError(dbus_error(error));
            }
        });
    });
}

void PublicObject::answer_judged(const std::shared_ptr<KeysFound>& answer, std::span<const PresentKey> keys,
                                 std::string caller) {
    auto request = judgement_request(keys);
    const auto id = jobs_.add({std::move(caller), {.interaction = Interaction::None}}, std::move(request), {});
    // The keys may be gone when they have been judged. Where nobody can judge them they are there all the same.
    const auto ended = [answer, found = found_keys(keys)](const Outcome<JobResult>& outcome) {
        if (const auto* error = error_of(outcome))
            return answer->returnResults(with_verdicts(found, [error] { return unjudged(*error); }));
        auto next = std::get<JobResult>(outcome).judged.begin();
        answer->returnResults(with_verdicts(found, [&] { return *next++; }));
    };
    jobs_.start(id, ended, [](const ipc::Progress&) {});
}

void PublicObject::FindCertificates(CertificatesFound&& result, OptionMap filter_map) {
    at_bus_edge([&] {
        Options options(std::move(filter_map));
        auto request = take_certificate_filter(options);
        options.refuse_unknown();
        const auto id = jobs_.add({caller(), {.interaction = Interaction::None}}, std::move(request), {});
        // Shared by the copies of the callback only, because std::function copies.
        const auto answer = std::make_shared<CertificatesFound>(std::move(result));
        const auto ended = [answer](const Outcome<JobResult>& outcome) {
            if (const auto* error = error_of(outcome)) return answer->returnError(dbus_error(*error));
            std::vector<sdbus::Struct<std::string, OptionMap>> certificates;
            for (const auto& found : std::get<JobResult>(outcome).certificates)
                certificates.emplace_back(bus_text(found.fingerprint), certificate_map(found));
            answer->returnResults(certificates);
        };
        jobs_.start(id, ended, [](const ipc::Progress&) {});
    });
}

std::string PublicObject::Version() { return CARDSEAL_VERSION; }

uint32_t PublicObject::InterfaceVersion() { return 1; }

uint64_t PublicObject::InlineMax() { return inline_max; }

}  // namespace cardseal::broker
