# SPDX-License-Identifier: LGPL-2.1-or-later
"""opencryptoki's software token with a slot daemon of its own, in a world whose daemon joins its namespaces.

opencryptoki knows fixed paths and shared memory only: pkcsslotd and everything that loads the module see their own
/etc/opencryptoki, /var/lib/opencryptoki, /run and /dev/shm.
"""
import bed

SLOT, LABEL, PIN, SO_PIN = "3", "ock", "1234567", "12345678"
FIRST_SO_PIN, FIRST_PIN = "87654321", "11223344"
CONFIGURATION = """version opencryptoki-3.1
slot 3
{
stdll = libpkcs11_sw.so
}
"""
START = """set -eu
mount -t tmpfs tmpfs /run
mkdir -m 1777 /run/lock
mount -t tmpfs tmpfs /dev/shm
mount --bind "$1" /var/lib/opencryptoki
mount --bind "$2" /etc/opencryptoki
while read -r type path mode user group _; do
    [ "$type" != d ] || install -d -m "$mode" -o "$user" -g "$group" "$path"
done </usr/lib/tmpfiles.d/opencryptoki.conf
exec pkcsslotd -f"""
FLAGS_TO_TRIES = {"USER_PIN_LOCKED": 0, "USER_PIN_FINAL_TRY": 1, "USER_PIN_COUNT_LOW": 2}


class OpencryptokiBed:
    """A token with an RSA key and an EC key, which the software token of Debian 12 keeps but cannot use."""

    pin, tries = PIN, 3

    def __init__(self, world):
        bed.require_namespaces()
        self.world = world
        self.module = bed.required("/usr/lib/*/pkcs11/libopencryptoki.so", "opencryptoki")
        self.title = f"opencryptoki's software token, {bed.package_version('opencryptoki')}"
        self._start_slot_daemon()
        self._initialise()
        self.signer = self._add("rsa2048")
        self.ec = self._add("p256")
        self.keys = [(self.signer, "decrypt sign"), (self.ec, "decrypt sign")]
        world.plan_pinentry("always pin " + PIN)
        world.use_module(self.module, {})

    @property
    def knows_ec(self):
        return "ECDSA" in self._run("pkcs11-tool", "--module", self.module, "--slot-index", "0", "-M")

    def tries_left(self):
        flags = self._run("pkcsconf", "-t", "-c", SLOT)
        return next((tries for flag, tries in FLAGS_TO_TRIES.items() if flag in flags), self.tries)

    def _start_slot_daemon(self):
        folders = [self.world.directory / name for name in ("opencryptoki", "opencryptoki-etc")]
        for folder in folders:
            folder.mkdir()
        (folders[1] / "opencryptoki.conf").write_text(CONFIGURATION)
        daemon = self.world.spawn(["unshare", "--mount", "--ipc", "--propagation", "private", "sh", "-c", START, "sh",
                                   *folders], "pkcsslotd.log")
        self.world.daemon_prefix = ["nsenter", "--target", str(daemon.pid), "--mount", "--ipc"]
        listing = [*self.world.daemon_prefix, "pkcsconf", "-t", "-c", SLOT]
        bed.wait_until(lambda: self.world.run(*listing, check=False).returncode == 0, "pkcsslotd answers", daemon)

    def _initialise(self):
        self._run("pkcsconf", "-I", "-c", SLOT, input=f"{FIRST_SO_PIN}\n{LABEL}\n".encode())
        self._run("pkcsconf", "-P", "-c", SLOT, "-S", FIRST_SO_PIN, "-n", SO_PIN)
        self._run("pkcsconf", "-u", "-c", SLOT, "-S", SO_PIN, "-n", FIRST_PIN)
        self._run("pkcsconf", "-p", "-c", SLOT, "-U", FIRST_PIN, "-n", PIN)

    def _add(self, kind):
        identity = self.world.authority.identity("ock-" + kind, kind)
        usage = ["--usage-sign", "--usage-decrypt" if identity.is_rsa else "--usage-derive"]
        self._write("privkey", identity.key, identity, *usage)
        self._write("cert", identity.certificate, identity)
        return identity

    def _write(self, kind, path, identity, *more):
        self._run("pkcs11-tool", "--module", self.module, "--token-label", LABEL, "--login", "--pin", PIN,
                  "--write-object", path, "--type", kind, "--label", identity.name, "--id", identity.fingerprint[:16],
                  *more)

    def _run(self, *command, **options):
        done = self.world.run(*self.world.daemon_prefix, *command, **options)
        return done.stdout.decode()
