# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private pcscd with a virtual reader, and a card in it that comes and goes.

pcscd has network and mount namespaces of its own: vpcd listens on fixed ports of all addresses, and pcscd keeps its
socket and its lock in /run/pcscd. So neither the system's pcscd nor another world's is touched.
"""
import subprocess

import bed

PORT = 35963  # of vpcd's first reader
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
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{PORT:#x}\nLIBPATH {driver()}\nCHANNELID {PORT:#x}\n')
        world.environment["PCSCLITE_CSOCK_NAME"] = str(self.folder / "pcscd.comm")
        self.process = None

    def start(self):
        # Debian 13's asks polkit about each client; this one has no system bus to ask on.
        known = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False).stdout
        options = "--disable-polkit" if "--disable-polkit" in known else ""
        self.process = self.world.spawn(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", START, "sh",
                                         self.folder, self.readers, options], "pcscd.log")
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


class CardBed:
    """Any emulated card behind pcscd and OpenSC; `card_command` is its process, which says so when it is inserted."""

    def __init__(self, world, card_command):
        bed.require_namespaces()
        self.world, self.card_command, self.card = world, card_command, None
        self.pcscd = Pcscd(world)
        self.pcscd.start()
        self.module = bed.required("/usr/lib/*/opensc-pkcs11.so", "opensc-pkcs11")
        self.software = f"pcscd, {bed.package_version('opensc-pkcs11')}"
        world.use_module(self.module, {"PCSCLITE_CSOCK_NAME": world.environment["PCSCLITE_CSOCK_NAME"]})

    def insert(self):
        """Returns when the card is in the reader; pcscd looks there a few times a second."""
        self.card = self.world.spawn(self.pcscd.beside(*self.card_command), "card.log", stdout=subprocess.PIPE)
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


def driver():
    return bed.required("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "vsmartcard-vpcd")
