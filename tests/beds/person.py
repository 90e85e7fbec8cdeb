# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person does with a card: the cardseal command in a world, each result checked by openssl."""
import json
import os
import pathlib
import re
import select
import subprocess

from rows import expect

MAIL = b"Content-Type: text/plain; charset=utf-8\n\nDear Bob,\n\nthe meeting is at ten.\n"
LIMIT_SECONDS = 120
LOOKING = {"C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo", "C_WaitForSlotEvent"}
CANONICAL = MAIL.replace(b"\n", b"\r\n")


class Person:
    def __init__(self, world):
        self.world = world
        self.folder = world.directory / "work"
        self.folder.mkdir()
        (self.folder / "mail.txt").write_bytes(MAIL)

    def run(self, *command, **options):
        return self.world.run(*command, cwd=self.folder, **options)

    def is_refused(self, error, *command):
        """The command must end with this error."""
        self._expect_error(error, self.run("cardseal", *command, check=False))

    def begin(self, *command):
        """Leaves the command running; for `ends_with`."""
        return subprocess.Popen(["cardseal", *command], cwd=self.folder, env=self.world.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ends_with(self, error, running):
        stdout, stderr = running.communicate(timeout=LIMIT_SECONDS)
        self._expect_error(error, subprocess.CompletedProcess(running.args, running.returncode, stdout, stderr))

    @staticmethod
    def _expect_error(error, done):
        said = done.stderr.decode(errors="replace")
        named = re.search(r"^cardseal: (\w+): ", said, re.M)
        expect(done.returncode == 3 and named, f"status {done.returncode}, it said: {said or 'nothing'}")
        expect(named[1] == error, f"it is not {error} but: {said}")

    # Keys

    def keys(self):
        return json.loads(self.run("cardseal", "list", "--json").stdout)["keys"]

    def key_of(self, identity):
        return next((key for key in self.keys() if key["fingerprint"] == identity.fingerprint), None)

    def can(self, identity):
        """sign, decrypt or both; None if the key is not listed."""
        key = self.key_of(identity)
        return key and " ".join(sorted(key["usages"]))

    # Signing and decrypting

    @staticmethod
    def signing(identity, *options):
        """The words of a command that signs."""
        return ["sign", "--key", identity.key_id, *options, "-o", "signed.eml", "mail.txt"]

    def sign(self, identity, *options):
        self.run("cardseal", *self.signing(identity, *options))
        self.run("openssl", "cms", "-verify", "-CAfile", self.world.authority.root_certificate, "-in", "signed.eml",
                 "-signer", "signer.pem", "-out", "content")
        expect((self.folder / "content").read_bytes() == CANONICAL, "openssl read another content")
        expect(identity.der == self.run("openssl", "x509", "-in", "signer.pem", "-outform", "DER").stdout,
               "openssl saw another signer")

    def can_sign(self, identity):
        return self.run("cardseal", *self.signing(identity), check=False).returncode == 0

    def encrypt_to(self, identity, *options):
        self.run("openssl", "cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", "-in", "mail.txt", "-out",
                 "secret.der", "-recip", identity.certificate, *options)

    def decrypt(self):
        (self.folder / "plain").unlink(missing_ok=True)
        self.run("cardseal", "decrypt", "-o", "plain", "secret.der")
        expect((self.folder / "plain").read_bytes() == MAIL, "it is not what openssl encrypted")

    def decrypt_from_openssl(self, identity, *options):
        self.encrypt_to(identity, *options)
        self.decrypt()

    # The PIN

    def answers(self, *answers):
        """What the person answers to the next prompts; after these: cancels."""
        self.world.plan_pinentry(*answers)

    def questions(self):
        """GETPIN and CONFIRM, in their order since the world began."""
        return re.findall(r"^\d+ (GETPIN|CONFIRM) -> ", self.world.pinentry_log(), re.M)

    def last_error(self):
        """What the last prompt said of the try before."""
        return (re.findall(r"^\d+ SETERROR '(.*)'$", self.world.pinentry_log(), re.M) or [""])[-1]

    def log_out(self):
        self.run("cardseal", "lock")

    # Calls

    def calls(self):
        """The PKCS#11 calls that the fault module has logged."""
        return [line.split()[0] for line in (self.world.directory / "fault.log").read_text().splitlines()]

    def count_calls_of_signature(self, identity):
        """The calls for one when others went before; without those of looking at the slots meanwhile."""
        self.sign(identity)
        before = len(self.calls())
        self.sign(identity)
        calls = [call for call in self.calls()[before:] if call not in LOOKING]
        expect(calls == ["C_SignInit", "C_Sign"], f"the calls are {calls}")
        return "2 PKCS#11 calls: " + ", ".join(calls)

    # Time

    def idle(self, seconds):
        """The CPU time of the daemon and its workers while nobody wants anything."""
        before = self._cpu_ticks()
        ended, _, _ = select.select([os.pidfd_open(self.world.daemon.pid)], [], [], seconds)
        expect(not ended, "the daemon has ended")
        used = (self._cpu_ticks() - before) / os.sysconf("SC_CLK_TCK")
        return f"{used * 1000:.0f} ms of CPU time in {seconds} s"

    def _cpu_ticks(self):
        return sum(int(field) for stat in self._processes() for field in stat[11:13])

    def _processes(self):
        """The fields of /proc/PID/stat behind the name, of the daemon and all below it."""
        stats = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended since
        ours, more = set(), {self.world.daemon.pid}
        while more:
            ours |= more
            more = {pid for pid, stat in stats.items() if int(stat[1]) in ours} - ours
        return [stats[pid] for pid in ours if pid in stats]
