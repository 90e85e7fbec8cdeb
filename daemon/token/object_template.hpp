// SPDX-License-Identifier: LGPL-2.1-or-later
// ObjectTemplate: the attributes of an object to be made, with their values.
#pragma once

#include <p11-kit/pkcs11.h>

#include <deque>
#include <vector>

#include "base/bytes.hpp"

namespace cardseal::token {

class ObjectTemplate {
public:
    ObjectTemplate& add(CK_ATTRIBUTE_TYPE type, ByteView value) {
        auto& copy = values_.emplace_back(value.begin(), value.end());
        attributes_.push_back({type, copy.data(), copy.size()});
        return *this;
    }
    /// A number of PKCS#11, of exactly this type.
    template <class Number>
    ObjectTemplate& add_number(CK_ATTRIBUTE_TYPE type, Number number) {
        return add(type, ByteView(reinterpret_cast<const uint8_t*>(&number), sizeof number));
    }
    enum class Is { No, Yes };
    ObjectTemplate& add_flag(CK_ATTRIBUTE_TYPE type, Is is) {
        return add_number<CK_BBOOL>(type, is == Is::Yes ? CK_TRUE : CK_FALSE);
    }

    CK_ATTRIBUTE* data() { return attributes_.data(); }
    CK_ULONG size() const { return attributes_.size(); }

private:
    std::deque<Bytes> values_;
    std::vector<CK_ATTRIBUTE> attributes_;
};

}  // namespace cardseal::token
