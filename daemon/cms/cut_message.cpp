// SPDX-License-Identifier: LGPL-2.1-or-later
// The BER walk: cutting the content octets out of SignedData, EnvelopedData, AuthEnvelopedData and CompressedData
// (RFC 5652 §5.1, §6.1, RFC 5083 §2.1, RFC 3274 §1.1).
#include "base/error.hpp"
#include "cms/ber.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_oid = 0x06, tag_sequence = 0x30, tag_set = 0x31, tag_context_0 = 0xa0, tag_context_1 = 0xa1;
constexpr uint8_t octet_string = 0x04, implicit_0 = 0x80, constructed_bit = 0x20;

/// id-signedData, id-envelopedData, id-ct-authEnvelopedData, id-ct-compressedData.
constexpr uint8_t signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
constexpr uint8_t enveloped_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03};
constexpr uint8_t auth_enveloped_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17};
constexpr uint8_t compressed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09};

[[noreturn]] void bad(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("message cannot be read: ") + why);
}

class Cutter {
public:
    explicit Cutter(const Source& source) : source_(source) {}

    CutMessage cut() {
        const auto whole = read_tlv(source_, 0, source_.size());
        if (whole.tag != tag_sequence) bad("it is not a CMS message");
        open(tag_sequence);
        const auto end = content_info(whole);
        close();
        if (end != source_.size()) bad("something follows it");
        return std::move(result_);
    }

private:
    uint64_t content_info(const Tlv& whole) {
        Elements elements(source_, whole, source_.size());
        const auto type = elements.next();
        if (!type || type->tag != tag_oid) bad("it is not a CMS message");
        copy(elements, *type);
        result_.type = read(type->content, type->length, 64);
        if (!is(signed_data) && !is(enveloped_data) && !is(auth_enveloped_data) && !is(compressed_data))
            throw Error(ErrorCode::UnsupportedAlgorithm, "message is of a content type that is not supported");
        const auto content = elements.next();
        if (!content || content->tag != tag_context_0) bad("it has no content");
        open(tag_context_0);
        elements.set_after_current(explicit_content(*content, elements.end()));
        close();
        if (elements.next()) bad("its outermost structure is too long");
        return elements.after_parent();
    }

    uint64_t explicit_content(const Tlv& wrapper, uint64_t end) {
        Elements elements(source_, wrapper, end);
        const auto body = elements.next();
        if (!body || body->tag != tag_sequence) bad("its content is not a sequence");
        open(tag_sequence);
        elements.set_after_current(structure(*body, elements.end()));
        close();
        if (elements.next()) bad("it has two contents");
        return elements.after_parent();
    }

    /// Version, sets, the encapsulated content (the one SEQUENCE after the first SET; of CompressedData, after the
    /// SEQUENCE of its algorithm), and what follows.
    uint64_t structure(const Tlv& body, uint64_t end) {
        Elements elements(source_, body, end);
        unsigned sets = 0, sequences = 0;
        bool cut = false;
        while (const auto element = elements.next()) {
            if (element->tag == tag_set) count(*element, elements.end(), ++sets);
            if (is(signed_data) && (element->tag == tag_context_0 || element->tag == tag_context_1))
                limit(*element, elements.end(), max_embedded_certificates, "certificates or revocation lists");
            if (element->tag == tag_sequence) ++sequences;
            const bool place = is(compressed_data) ? sequences == 2 : sets == 1;
            if (element->tag == tag_sequence && place && !cut) {
                cut = true;
                open(tag_sequence);
                elements.set_after_current(encapsulated(*element, elements.end()));
                close();
            } else {
                copy(elements, *element);
            }
        }
        if (!cut) bad("it has no encapsulated content");
        return elements.after_parent();
    }

    uint64_t encapsulated(const Tlv& sequence, uint64_t end) {
        Elements elements(source_, sequence, end);
        while (const auto element = elements.next()) {
            const bool explicitly = is(signed_data) || is(compressed_data);
            if (explicitly && element->tag == tag_context_0)
                elements.set_after_current(explicit_octets(*element, elements.end()));
            else if (!explicitly && (element->tag & ~constructed_bit) == implicit_0)
                elements.set_after_current(octets(*element, elements.end()));
            else
                copy(elements, *element);
        }
        return elements.after_parent();
    }

    uint64_t explicit_octets(const Tlv& wrapper, uint64_t end) {
        Elements elements(source_, wrapper, end);
        const auto string = elements.next();
        if (!string || (string->tag & ~constructed_bit) != octet_string) bad("its content is not an octet string");
        elements.set_after_current(octets(*string, elements.end()));
        if (elements.next()) bad("it has two contents");
        return elements.after_parent();
    }

    uint64_t octets(const Tlv& string, uint64_t end) {
        if (result_.content) bad("it has two contents");
        result_.content = ContentPlace{string, end};
        ContentReader reader(source_, *result_.content);
        result_.content->octets = reader.skip_all();
        return reader.position();
    }

    void count(const Tlv& set, uint64_t end, unsigned number) {
        if (is(signed_data))
            limit(set, end, number == 1 ? max_digest_algorithms : max_signer_infos,
                  number == 1 ? "digest algorithms" : "signers");
        else
            limit(set, end, max_recipient_infos, "recipients");
    }

    void limit(const Tlv& set, uint64_t end, size_t most, const char* what) {
        Elements elements(source_, set, end);
        for (size_t number = 0; elements.next();)
            if (++number > most)
                throw Error(ErrorCode::LimitExceeded,
                            std::string("message has more than ") + std::to_string(most) + " " + what);
    }

    bool is(ByteView type) const { return std::ranges::equal(result_.type, type); }

    // The rest is written with indefinite lengths: what the cut takes away need not be known beforehand.
    void open(uint8_t tag) { result_.rest.insert(result_.rest.end(), {tag, 0x80}); }
    void close() { result_.rest.insert(result_.rest.end(), {0, 0}); }

    void copy(Elements& elements, const Tlv& tlv) {
        const auto end = elements.after_current();
        const auto bytes = read(tlv.offset, end - tlv.offset, max_message_rest - result_.rest.size());
        result_.rest.insert(result_.rest.end(), bytes.begin(), bytes.end());
    }

    Bytes read(uint64_t offset, uint64_t size, size_t most) const {
        if (size > most) throw Error(ErrorCode::LimitExceeded, "message is too large beside its content");
        Bytes bytes(static_cast<size_t>(size));
        source_.read(offset, bytes);
        return bytes;
    }

    const Source& source_;
    CutMessage result_;
};

}  // namespace

CutMessage cut_message(const Source& message) {
    if (message.size() == 0) throw Error(ErrorCode::BadMessage, "message is empty");
    return Cutter(message).cut();
}

}  // namespace cardseal::cms
