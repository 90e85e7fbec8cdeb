# SPDX-License-Identifier: LGPL-2.1-or-later
"""p11-kit's proxy: one module with the slots of two others, SoftHSM and NSS's softokn."""
import bed
from nss import NssDatabase

START = '''set -eu
mount --bind "$1" /usr/share/p11-kit/modules
shift
exec "$@"'''


class P11KitBed:
    """SoftHSM has an RSA key and an EC key, NSS an RSA key; both want the same PIN."""

    pin = "123456"

    def __init__(self, world):
        bed.require_namespaces()
        self.world = world
        self.module = bed.required("/usr/lib/*/p11-kit-proxy.so", "libp11-kit0")
        softokn = bed.required("/usr/lib/*/libsoftokn3.so", "libnss3")
        self.title = f"p11-kit's proxy before SoftHSM and NSS softokn, {bed.package_version('libp11-kit0')}"
        database = NssDatabase(world, world.directory / "nss", self.pin)
        self.signer, self.ec, self.elsewhere = (
            world.authority.identity(name, kind)
            for name, kind in (("hsm", "rsa2048"), ("hsm-ec", "p256"), ("nss", "rsa2048")))
        self.keys = [(identity, "decrypt sign") for identity in (self.signer, self.ec, self.elsewhere)]
        token = world.softhsm.token("hsm", self.pin)
        token.add(self.signer)
        token.add(self.ec)
        database.add(self.elsewhere)
        self._replace_module_files({"softhsm": [f"module: {world.softhsm.module}"],
                                    "nss": [f"module: {softokn}", f"x-init-reserved: {database.init_args}"]})
        world.plan_pinentry("always pin " + self.pin)
        world.use_module(self.module, {"SOFTHSM2_CONF": str(world.softhsm.configuration)})

    def _replace_module_files(self, modules):
        """The daemon sees these in place of the machine's: root's own configuration p11-kit does not read."""
        folder = self.world.directory / "p11-kit-modules"
        folder.mkdir()
        for name, lines in modules.items():
            (folder / f"{name}.module").write_text("".join(line + "\n" for line in lines))
        self.world.daemon_prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", START, "sh",
                                    str(folder)]
