# SPDX-License-Identifier: LGPL-2.1-or-later
"""A software TPM 2.0 (swtpm) behind tpm2-abrmd on the world's session bus, with a token of tpm2-pkcs11."""
import bed

LABEL, PIN, SO_PIN = "tpm", "123456", "12345678"
RESOURCE_MANAGER = "tabrmd:bus_type=session"


class TpmBed:
    """An RSA key that signs and decrypts, and an EC key that only signs: tpm2-pkcs11 agrees on no keys."""

    pin = PIN

    def __init__(self, world):
        self.world = world
        self.module = bed.required("/usr/lib/*/pkcs11/libtpm2_pkcs11.so", "libtpm2-pkcs11-1")
        self.title = f"TPM (swtpm, tpm2-abrmd), {bed.package_version('libtpm2-pkcs11-1')}"
        self.folder = world.directory / "tpm"
        (self.folder / "state").mkdir(parents=True)
        (self.folder / "store").mkdir()
        self._start_tpm()
        self._start_resource_manager()
        environment = {"TPM2_PKCS11_STORE": str(self.folder / "store"), "TPM2_PKCS11_TCTI": RESOURCE_MANAGER,
                       "DBUS_SESSION_BUS_ADDRESS": world.environment["DBUS_SESSION_BUS_ADDRESS"],
                       "TSS2_LOG": "all+NONE"}
        world.environment |= environment | {"TPM2TOOLS_TCTI": RESOURCE_MANAGER}
        world.run("tpm2_ptool", "init")
        world.run("tpm2_ptool", "addtoken", "--pid", "1", "--label", LABEL, "--userpin", PIN, "--sopin", SO_PIN)
        self.signer = self._add("tpm-rsa", "rsa2048", "both")
        self.ec = self._add("tpm-ec", "p256", "sign")
        self.keys = [(self.signer, "decrypt sign"), (self.ec, "sign")]
        world.plan_pinentry("always pin " + PIN)
        world.use_module(self.module, environment)

    def _start_tpm(self):
        socket = self.folder / "socket"
        tpm = self.world.spawn(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder / 'state'}", "--server",
                                f"type=unixio,path={socket}", "--ctrl", f"type=unixio,path={socket}.ctrl",
                                "--flags", "not-need-init,startup-clear"], "swtpm.log")
        bed.wait_until(socket.exists, "swtpm listens", tpm)

    def _start_resource_manager(self):
        self.world.spawn(["tpm2-abrmd", "--session", "--allow-root", f"--tcti=swtpm:path={self.folder / 'socket'}"],
                         "tpm2-abrmd.log")
        self.world.run("gdbus", "wait", "--session", "--timeout", str(bed.START_SECONDS), "com.intel.tss2.Tabrmd")

    def _add(self, name, kind, usage):
        identity = self.world.authority.identity(name, kind, usage=usage)
        self.world.run("tpm2_ptool", "import", "--algorithm", "rsa" if identity.is_rsa else "ecc", "--privkey",
                       identity.key, "--label", LABEL, "--key-label", name, "--userpin", PIN)
        self.world.run("tpm2_ptool", "addcert", "--label", LABEL, "--key-label", name, identity.certificate)
        return identity
