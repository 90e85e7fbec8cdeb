// SPDX-License-Identifier: LGPL-2.1-or-later
// How the structs of the public headers stand in the interface's maps: tables of names and members.
#pragma once

#include <tuple>

namespace cardseal::client {

/// An entry of the map and the member that has its value.
template <class Struct, class Value>
struct Member {
    const char* name;
    Value Struct::*value;
};
// Clang needs to be told before version 17; the fuzzers are built with it.
template <class Struct, class Value>
Member(const char*, Value Struct::*) -> Member<Struct, Value>;

/// The table of a struct: specialised as a tuple of Members. A member that is itself such a struct lies in the same
/// map, a vector of them is a list of maps.
template <class Struct>
inline constexpr std::tuple<> members;

template <class Struct>
concept Described = !std::is_same_v<decltype(members<Struct>), const std::tuple<>>;

template <Described Struct, class Function>
void for_each_member(const Function& function) {
    std::apply([&](const auto&... member) { (function(member), ...); }, members<Struct>);
}

}  // namespace cardseal::client
