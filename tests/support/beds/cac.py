# SPDX-License-Identifier: LGPL-2.1-or-later
"""An emulated CAC card: libcacard over an NSS database with the identities, behind pcscd and OpenSC."""
import pathlib
import subprocess

import bed
from nss import NssDatabase
from pcsc import PORT, CardBed

HERE = pathlib.Path(__file__).resolve().parent


class CacBed(CardBed):
    """Three RSA keys: cac@example.org signs, cac-signature@example.org signs, cac-decrypt@example.org decrypts."""

    pin = "123456"

    def __init__(self, world):
        folder = world.directory / "cac"
        database = NssDatabase(world, folder, self.pin)
        options = f'db="sql:{folder}" use_hw=no soft=(,Virtual Reader,CAC,,cac,cac-signature,cac-decrypt)'
        super().__init__(world, [build_bridge(folder), str(PORT), options])
        self.title = f"CAC card (libcacard), {self.software}"
        self.signer = world.authority.identity("cac", usage="sign")
        self.signature = world.authority.identity("cac-signature", usage="nonrepudiation")
        self.recipient = world.authority.identity("cac-decrypt", usage="encrypt")
        self.keys = [(self.signer, "sign"), (self.signature, "sign"), (self.recipient, "decrypt")]
        for identity, _ in self.keys:
            database.add(identity)
        world.plan_pinentry("always pin " + self.pin)


def build_bridge(folder):
    bed.required("/usr/lib/*/pkgconfig/libcacard.pc", "libcacard-dev")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcacard", "glib-2.0"], capture_output=True, text=True,
                           check=True).stdout.split()
    subprocess.run(["c++", "-std=c++20", HERE / "cac_bridge.cpp", *flags, "-o", folder / "cac_bridge"], check=True)
    return folder / "cac_bridge"
