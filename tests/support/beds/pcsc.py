# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private pcscd with a virtual reader, and an emulated PIV card to put into it.

    with World(keys=()) as world:
        bed = PivBed(world, "rsa2048")
        bed.insert()
        world.start_daemon()

pcscd has network and mount namespaces of its own: vpcd listens on fixed ports of all addresses, and pcscd keeps its
socket and its lock in /run/pcscd. So neither the system's pcscd nor another world's is touched.
"""
import contextlib
import json
import os
import pathlib
import secrets
import select
import subprocess

import bed

HERE = pathlib.Path(__file__).resolve().parent
PIN = "123456"
TRIES = 3
HELD_SECONDS = 30
# The shell becomes pcscd, so that its process is the one whose namespaces the card joins.
START = """set -eu
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind "$1" /run/pcscd
exec pcscd --foreground --config "$2" $3"""


class Pcscd:
    """Runs from `start` to `stop`. Clients reach it with the world's environment."""

    def __init__(self, world):
        self.world = world
        self.folder = world.directory / "pcscd"
        self.folder.mkdir()
        self.readers = world.directory / "readers"
        self.readers.mkdir()
        (self.readers / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {driver()}\nCHANNELID 0x8C7B\n')
        world.environment["PCSCLITE_CSOCK_NAME"] = str(self.folder / "pcscd.comm")
        self.process = None

    def start(self):
        # Debian 13's asks polkit about each client; this one has no system bus to ask on.
        known = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False).stdout
        options = "--disable-polkit" if "--disable-polkit" in known else ""
        self.process = self.world.spawn(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", START,
                                              "sh", self.folder, self.readers, options], "pcscd.log")
        bed.wait_until(lambda: (self.folder / "pcscd.comm").exists(), "pcscd listens", self.process)

    def stop(self):
        self.world.end(self.process)
        # It leaves these behind, and would take them for a sign that it still runs.
        for left in self.folder.iterdir():
            left.unlink()
        self.process = None

    def beside(self, *command):
        """The command where it can reach the virtual reader."""
        return ["nsenter", "--target", str(self.process.pid), "--net", *command]


class PivBed:
    """A card with keys of one kind in the slots 9A (piv@example.org: signs), 9D (the same address: decrypts) and 9C
    (signature@example.org: signs, wants its PIN for each use)."""

    pin, tries = PIN, TRIES

    def __init__(self, world, kind):
        self.world = world
        self.folder = world.directory / "card"
        self.folder.mkdir()
        self.signer = world.authority.identity("piv", kind, usage="sign")
        self.signature = world.authority.identity("signature", kind, usage="nonrepudiation")
        self.recipient = world.authority.identity("piv-decrypt", kind, email="piv@example.org", usage="encrypt")
        self._write_card()
        self.pcscd = Pcscd(world)
        self.pcscd.start()
        self.card = None
        self.module = opensc_module()
        self.software = bed.package_version("opensc-pkcs11")
        world.plan_pinentry("always pin " + PIN)
        world.use_module(self.module, {"PCSCLITE_CSOCK_NAME": world.environment["PCSCLITE_CSOCK_NAME"]})
        world.write_configuration()

    def _write_card(self):
        keys = {"9a": self.signer, "9c": self.signature, "9d": self.recipient}
        (self.folder / "card.json").write_text(json.dumps({
            "pin": PIN, "tries": TRIES, "guid": secrets.token_hex(16),
            "keys": {slot: {"key": str(identity.key), "certificate": str(identity.certificate)}
                     for slot, identity in keys.items()}}))

    def insert(self):
        """Returns when the card is in the reader; pcscd looks there a few times a second."""
        self.card = self.world.spawn(self.pcscd.beside(HERE / "piv_card.py", self.folder), "card.log",
                                     stdout=subprocess.PIPE)
        if not self.card.stdout.readline():
            raise RuntimeError("no card: " + (self.world.directory / "card.log").read_text())

    def pull(self):
        self.world.end(self.card)
        self.card = None

    def restart_pcscd(self):
        """The card leaves with its reader and comes back."""
        self.pcscd.stop()
        self.pull()
        self.pcscd.start()
        self.insert()

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


def driver():
    return bed.required("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "vsmartcard-vpcd")


def opensc_module():
    return bed.required("/usr/lib/*/opensc-pkcs11.so", "opensc-pkcs11")
