# SPDX-License-Identifier: LGPL-2.1-or-later
"""An emulated CAC card: libcacard over an NSS database with the identities, behind pcscd and OpenSC."""
import pathlib
import subprocess

import bed
from authority import openssl
from pcsc import PORT, CardBed

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "transport"


class CacBed(CardBed):
    """Three RSA keys: cac@example.org signs, cac-signature@example.org signs, cac-decrypt@example.org decrypts."""

    pin = "123456"

    def __init__(self, world):
        self.folder = world.directory / "cac"
        self.folder.mkdir()
        options = f'db="sql:{self.folder}" use_hw=no soft=(,Virtual Reader,CAC,,cac,cac-signature,cac-decrypt)'
        super().__init__(world, [build_bridge(self.folder), str(PORT), options])
        self.title = f"CAC card (libcacard), {self.software}"
        self._make_database()
        self.signer = self._add("cac", "sign")
        self.signature = self._add("cac-signature", "nonrepudiation")
        self.recipient = self._add("cac-decrypt", "encrypt")
        self.keys = [(self.signer, "sign"), (self.signature, "sign"), (self.recipient, "decrypt")]
        world.plan_pinentry("always pin " + self.pin)

    def _make_database(self):
        (self.folder / "pin").write_text(self.pin)
        self.world.run("certutil", "-N", "-d", f"sql:{self.folder}", "-f", self.folder / "pin")

    def _add(self, name, usage):
        identity = self.world.authority.identity(name, "rsa2048", usage=usage)
        bundle = self.folder / f"{name}.p12"
        openssl("pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate, "-name", name, "-passout",
                f"pass:{PASSWORD}", "-out", bundle)
        self.world.run("pk12util", "-i", bundle, "-d", f"sql:{self.folder}", "-k", self.folder / "pin", "-W", PASSWORD)
        return identity


def build_bridge(folder):
    bed.required("/usr/lib/*/pkgconfig/libcacard.pc", "libcacard-dev")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcacard", "glib-2.0"], capture_output=True, text=True,
                           check=True).stdout.split()
    subprocess.run(["c++", "-std=c++20", HERE / "cac_bridge.cpp", *flags, "-o", folder / "cac_bridge"], check=True)
    return folder / "cac_bridge"
