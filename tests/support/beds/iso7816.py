# SPDX-License-Identifier: LGPL-2.1-or-later
"""ISO 7816-4 for an emulated card: BER-TLV, command APDUs with chaining, answers that are longer than one APDU."""

GET_RESPONSE = 0xC0
CHAINED = 0x10
OK, WRONG_DATA, NOT_FOUND, NO_SUCH_REFERENCE, UNKNOWN_COMMAND = 0x9000, 0x6A80, 0x6A82, 0x6A88, 0x6D00


def tlv(tag, *parts):
    """One data object; the tag is a number or, if longer than one octet, its octets."""
    value = b"".join(parts)
    if len(value) < 0x80:
        length = bytes([len(value)])
    elif len(value) < 0x100:
        length = bytes([0x81, len(value)])
    else:
        length = b"\x82" + len(value).to_bytes(2, "big")
    return (bytes([tag]) if isinstance(tag, int) else tag) + length + value


def objects(data):
    """The data objects of one-octet tags as a dictionary."""
    found, at = {}, 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 0x80:
            octets = size & 0x7F
            size, at = int.from_bytes(data[at:at + octets], "big"), at + octets
        found[tag] = data[at:at + size]
        at += size
    return found


def command_data(apdu):
    """(data, how many octets the answer may have) of a command APDU, short or extended."""
    rest = apdu[4:]
    if not rest:
        return b"", 256
    if len(rest) == 1:
        return b"", rest[0] or 256
    if rest[0] == 0:
        size = int.from_bytes(rest[1:3], "big")
        return (b"", size or 65536) if len(rest) == 3 else (rest[3:3 + size], 65536)
    size = rest[0]
    return rest[1:1 + size], (rest[1 + size] or 256) if len(rest) > 1 + size else 256


class Interface:
    """What stands between a reader and an application: application.command(ins, p1, p2, data) gives (data, status)."""

    def __init__(self, application):
        self.application = application
        self.reset()

    def reset(self):
        self._chain, self._unread = b"", b""
        self.application.reset()

    def answer(self, apdu):
        data, wanted = command_data(apdu)
        if apdu[1] == GET_RESPONSE:
            return self._part(wanted, OK)
        self._chain += data
        if apdu[0] & CHAINED:
            return OK.to_bytes(2, "big")
        data, self._chain = self._chain, b""
        self._unread, status = self.application.command(apdu[1], apdu[2], apdu[3], data)
        return self._part(wanted, status)

    def _part(self, wanted, status):
        part, self._unread = self._unread[:wanted], self._unread[wanted:]
        if self._unread:
            status = 0x6100 | (len(self._unread) if len(self._unread) < 0x100 else 0)
        return part + status.to_bytes(2, "big")
