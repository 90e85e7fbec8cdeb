// SPDX-License-Identifier: LGPL-2.1-or-later
// The layers of a message, opened from the outside in, one job each.
#include "command/layers.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr uint64_t most_in_memory = uint64_t{64} << 20;  ///< bytes of a message whose content is kept in memory

bool is_regular(int descriptor) {
    struct stat file {};
    return fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode);
}

/// The mail in a message/rfc822 is another one than that which is opened.
bool is_of_attached_mail(const Part& part, const std::vector<Part>& parts) {
    return std::ranges::any_of(parts, [&](const Part& outer) {
        const bool around = outer.path.empty() ? !part.path.empty() : part.path.starts_with(outer.path + ".");
        return around && outer.media_type.starts_with("message/");
    });
}

bool is_layer(const Part& part) {
    return part.kind == "signed" || part.kind == "enveloped" || part.kind == "compressed";
}

class Opening {
public:
    Opening(Client& client, int input, const LayerOptions& options, const Watch& watch)
        : client_(client), options_(options), watch_(watch), descriptor_(input) {
        if (!is_regular(input)) {  // it is read twice
            current_.emplace(ScratchFile::copy_of(input, options.folder));
            descriptor_ = current_->descriptor();
            lseek(descriptor_, 0, SEEK_SET);
        }
        start_ = lseek(descriptor_, 0, SEEK_CUR);
    }

    /// Nothing when the innermost content is reached.
    std::optional<Layer> next() {
        const auto part = find_layer();
        if (!part) return {};
        if (++depth_ > most_layers)
            throw failure(ErrorCode::LimitExceeded,
                          "the message has more than " + std::to_string(most_layers) + " layers");
        ScratchFile content(place_of_content(*part), options_.folder);
        Layer layer{part->path, open(*part, content.descriptor())};
        current_.emplace(std::move(content));
        descriptor_ = current_->descriptor();
        start_ = 0;
        return layer;
    }

    ScratchFile take_content() { return std::move(*current_); }

private:
    int rewound() const {
        lseek(descriptor_, start_, SEEK_SET);
        return descriptor_;
    }

    std::optional<Part> find_layer() {
        const auto parts = inspect();
        const auto found = std::ranges::find_if(
            parts, [&](const Part& part) { return is_layer(part) && !is_of_attached_mail(part, parts); });
        if (found != parts.end()) return *found;
        if (depth_ == 0)
            throw failure(ErrorCode::BadMessage, "the message is neither signed nor encrypted nor compressed");
        return {};
    }

    std::vector<Part> inspect() {
        try {
            const auto inspection = client_.inspect(rewound(), {}, watch_);
            bytes_ = inspection.bytes_in;
            return inspection.parts;
        } catch (const Error& error) {  // content may be anything; only the outermost must be a message
            if (depth_ == 0 || error.name() != "BadMessage") throw;
            return {};
        }
    }

    /// What is compressed may be much larger than it looks.
    ScratchFile::Place place_of_content(const Part& part) const {
        const bool is_small = bytes_ <= most_in_memory && part.kind != "compressed";
        return is_small ? ScratchFile::Place::Memory : ScratchFile::Place::Disk;
    }

    std::variant<Verification, Decryption, Transfer> open(const Part& part, int content) {
        if (part.kind == "signed") {
            VerifyOptions options;
            options.part = part.path;
            options.trust = options_.trust;
            options.output = content;
            return client_.verify(rewound(), options, watch_);
        }
        if (part.kind == "compressed") {
            DecompressOptions options;
            options.part = part.path;
            return client_.decompress(rewound(), content, options, watch_);
        }
        DecryptOptions options;
        options.part = part.path;
        options.key = options_.key;
        options.prompt = Prompt::of_this_process();
        return client_.decrypt(rewound(), content, options, watch_);
    }

    Client& client_;
    const LayerOptions& options_;
    const Watch& watch_;
    std::optional<ScratchFile> current_;  ///< nothing while it is the input
    int descriptor_;
    off_t start_ = 0;
    uint64_t bytes_ = 0;
    size_t depth_ = 0;
};

}  // namespace

bool Layer::is_refused() const {
    const auto* verification = std::get_if<Verification>(&result);
    return verification && !verification->valid;
}

Layers open_layers(Client& client, int input, const LayerOptions& options,
                   const std::function<void(const Layer&)>& told, const Watch& watch) {
    Opening opening(client, input, options, watch);
    Layers opened;
    while (auto layer = opening.next()) {
        told(*layer);
        opened.layers.push_back(std::move(*layer));
        if (opened.layers.back().is_refused()) return opened;
    }
    opened.content.emplace(opening.take_content());
    return opened;
}

}  // namespace cardseal::client
