// SPDX-License-Identifier: LGPL-2.1-or-later
// The layers of a message, such as a signed one in an encrypted one: opened from the outside in, one job each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cardseal.hpp"
#include "command/scratch_file.hpp"

namespace cardseal::client {

inline constexpr size_t most_layers = 8;

/// What a layer was, and what the daemon said of it.
struct Layer {
    std::string part;                                         ///< path in the message that the layer was in
    std::variant<Verification, Decryption, Transfer> result;  ///< signed, encrypted, compressed

    /// A signature that is not valid, or no signer at all.
    bool is_refused() const;
};

/// How to open each layer.
struct LayerOptions {
    std::string key;  ///< to decrypt with; empty: the daemon chooses
    std::vector<std::vector<uint8_t>> trust;
    std::string folder;  ///< for content that is too large for memory
};

struct Layers {
    std::vector<Layer> layers;
    std::optional<ScratchFile> content;  ///< of the innermost layer; nothing if a layer is refused
};

/// Opens the first part that is signed, encrypted or compressed, then what was in it, and so on to the innermost
/// content. `told` is called for each layer. Stops at a layer that is refused. BadMessage if there is no layer,
/// LimitExceeded above most_layers. `input` is read from its position.
Layers open_layers(Client& client, int input, const LayerOptions& options,
                   const std::function<void(const Layer&)>& told, const Watch& watch);

}  // namespace cardseal::client
