#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An emulated PIV card in vpcd's virtual reader: piv_card.py FOLDER PORT. It is inserted while this runs,
and says so on standard output.

FOLDER/card.json says what it is; FOLDER/tries keeps the PIN's tries from one insertion to the next:
    {"pin": "123456", "tries": 3, "guid": HEX, "keys": {"9a": {"key": PEM FILE, "certificate": PEM FILE}, ...}}
While there is a FIFO FOLDER/held, a private-key operation writes a line to it and takes for ever: the moment to pull.
"""
import functools
import json
import operator
import pathlib
import signal
import socket
import sys

from iso7816 import Interface
from piv_application import PivApplication

GET_ATR = 4  # vpcd's other one-octet messages turn the power off (0) or on (1) or reset (2)
HISTORICAL = b"TSTPIV"
BEFORE_CHECK = bytes([0xD0 | len(HISTORICAL), 0x96, 0x00, 0x81, 0xB1, 0xFE, 0x45, 0x1F, 0x87]) + HISTORICAL
ATR = b"\x3b" + BEFORE_CHECK + bytes([functools.reduce(operator.xor, BEFORE_CHECK)])


class Tries:
    """The PIN's remaining tries, in a file."""

    def __init__(self, path, at_first):
        self.path = path
        if not path.exists():
            self.set(at_first)

    def get(self):
        return int(self.path.read_text())

    def set(self, tries):
        self.path.write_text(str(tries))


def hold(fifo):
    if not fifo.exists():
        return
    with open(fifo, "w", encoding="utf-8") as listener:
        listener.write("private-key operation\n")
    signal.pause()


class Reader:
    """The connection to vpcd: messages with their length before them."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self):
        """The next message; None when the reader is gone."""
        # vpcd sends length and message apart: without this each waits 40 ms for the other's acknowledgement.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        size = self._octets(2)
        return self._octets(int.from_bytes(size, "big")) if size else None

    def send(self, message):
        self.socket.sendall(len(message).to_bytes(2, "big") + message)

    def _octets(self, size):
        octets = b""
        while len(octets) < size:
            part = self.socket.recv(size - len(octets))
            if not part:
                return None
            octets += part
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return octets


def main():
    folder = pathlib.Path(sys.argv[1])
    card = json.loads((folder / "card.json").read_text())
    tries = Tries(folder / "tries", card["tries"])
    interface = Interface(PivApplication(card, tries, lambda: hold(folder / "held")))
    reader = Reader(int(sys.argv[2]))
    print("inserted", flush=True)
    while (message := reader.receive()) is not None:
        if len(message) > 1:
            reader.send(interface.answer(message))
        elif message[0] == GET_ATR:
            reader.send(ATR)
        else:
            interface.reset()


main()
