# SPDX-License-Identifier: LGPL-2.1-or-later
"""NSS's softokn with a database that holds identities: a module that must be told where its keys are."""
import bed
from authority import openssl

LABEL, PASSWORD = "NSS Certificate DB", "transport"


class NssDatabase:
    def __init__(self, world, folder, pin):
        self.world, self.folder, self.pin_file = world, folder, folder / "pin"
        self.folder.mkdir()
        self.pin_file.write_text(pin)
        world.run("certutil", "-N", "-d", f"sql:{folder}", "-f", self.pin_file)

    @property
    def init_args(self):
        return f"configdir='sql:{self.folder}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=readOnly"

    def add(self, identity):
        bundle = self.folder / f"{identity.name}.p12"
        openssl("pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate, "-name", identity.name,
                "-passout", f"pass:{PASSWORD}", "-out", bundle)
        self.world.run("pk12util", "-i", bundle, "-d", f"sql:{self.folder}", "-k", self.pin_file, "-W", PASSWORD)


class NssBed:
    """An RSA key and an EC key, each for signing and decrypting."""

    pin = "123456"

    def __init__(self, world):
        self.world = world
        self.module = bed.required("/usr/lib/*/libsoftokn3.so", "libnss3")
        self.title = f"NSS softokn, {bed.package_version('libnss3')}"
        database = NssDatabase(world, world.directory / "nss", self.pin)
        self.signer, self.ec = (world.authority.identity(name, kind) for name, kind in (("nss", "rsa2048"),
                                                                                        ("nss-ec", "p256")))
        self.keys = [(self.signer, "decrypt sign"), (self.ec, "decrypt sign")]
        for identity in (self.signer, self.ec):
            database.add(identity)
        world.plan_pinentry("always pin " + self.pin)
        world.use_module(self.module, {}, database.init_args)
