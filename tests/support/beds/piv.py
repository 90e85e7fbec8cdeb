# SPDX-License-Identifier: LGPL-2.1-or-later
"""An emulated PIV card (piv_card.py) with certificates of the world's authority, behind pcscd and OpenSC."""
import contextlib
import json
import os
import pathlib
import secrets
import select

from pcsc import PORT, CardBed

HERE = pathlib.Path(__file__).resolve().parent
HELD_SECONDS = 30


class PivBed(CardBed):
    """A card with keys of one kind in the slots 9A (piv@example.org: signs), 9D (the same address: decrypts) and 9C
    (signature@example.org: signs, wants its PIN for each use)."""

    pin, tries = "123456", 3

    def __init__(self, world, kind):
        self.folder = world.directory / "card"
        self.folder.mkdir()
        super().__init__(world, [HERE / "piv_card.py", self.folder, str(PORT)])
        self.title = f"PIV card with {kind} keys, {self.software}"
        self.signer = world.authority.identity("piv", kind, usage="sign")
        self.signature = world.authority.identity("signature", kind, usage="nonrepudiation")
        self.recipient = world.authority.identity("piv-decrypt", kind, email="piv@example.org", usage="encrypt")
        self.keys = [(self.signer, "sign"), (self.signature, "sign"), (self.recipient, "decrypt")]
        self._write_card()
        world.plan_pinentry("always pin " + self.pin)

    def _write_card(self):
        keys = {"9a": self.signer, "9c": self.signature, "9d": self.recipient}
        (self.folder / "card.json").write_text(json.dumps({
            "pin": self.pin, "tries": self.tries, "guid": secrets.token_hex(16),
            "keys": {slot: {"key": str(identity.key), "certificate": str(identity.certificate)}
                     for slot, identity in keys.items()}}))

    def tries_left(self):
        return int((self.folder / "tries").read_text())

    @contextlib.contextmanager
    def held(self):
        """While it lasts, private-key operations begin and do not end. Gives a function that waits for the first."""
        os.mkfifo(self.folder / "held")
        # Opened for both, so that no side waits for the other to open it.
        fifo = os.open(self.folder / "held", os.O_RDWR)
        try:
            yield lambda: select.select([fifo], [], [], HELD_SECONDS)[0]
        finally:
            os.close(fifo)
            (self.folder / "held").unlink()
