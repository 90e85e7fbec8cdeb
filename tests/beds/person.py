# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person does with a card: the cardseal command in a world, each result checked by openssl."""
import contextlib
import json
import os
import pathlib
import re
import select
import subprocess
import time

MAIL = b"Content-Type: text/plain; charset=utf-8\n\nDear Bob,\n\nthe meeting is at ten.\n"
LIMIT_SECONDS = 120
PROCESS_CLOCK = 2
LOOKING = {"C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo", "C_WaitForSlotEvent"}
CANONICAL = MAIL.replace(b"\n", b"\r\n")


class Failed(Exception):
    """What was expected does not hold; the text says why."""


def expect(holds, why):
    if not holds:
        raise Failed(why)


class Person:
    def __init__(self, world):
        self.world = world
        self.folder = world.directory / "work"
        self.folder.mkdir()
        (self.folder / "mail.txt").write_bytes(MAIL)
        self.said = ""  # with the last refusal

    def run(self, *command, check=True):
        done = self.world.run(*command, cwd=self.folder, check=False)
        if check and done.returncode != 0:
            said = (done.stderr.decode(errors="replace").splitlines() or ["nothing"])[0]
            raise Failed(f"{command[0]} {command[1]}: status {done.returncode}, it said: {said}")
        return done

    def refusal(self, *command):
        """The name of the error that the command ends with."""
        return self._error_of(self.run("cardseal", *command, check=False))

    def is_refused(self, error, *command):
        refusal = self.refusal(*command)
        expect(refusal == error, f"not {error} but {self.said}")

    def begin(self, *command):
        """Leaves the command running; for `ends_with`."""
        return subprocess.Popen(["cardseal", *command], cwd=self.folder, env=self.world.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ends_with(self, error, running):
        stdout, stderr = running.communicate(timeout=LIMIT_SECONDS)
        refusal = self._error_of(subprocess.CompletedProcess(running.args, running.returncode, stdout, stderr))
        expect(refusal == error, f"not {error} but {self.said}")

    def _error_of(self, done):
        said = done.stderr.decode(errors="replace")
        named = re.search(r"^cardseal: (\w+): .*", said, re.M)
        expect(done.returncode == 3 and named, f"status {done.returncode}, it said: {said or 'nothing'}")
        self.said = named[0]
        return named[1]

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

    def damage_encrypted_key(self):
        """Of the only recipient of the message: an OCTET STRING of 256 or more octets."""
        message = bytearray((self.folder / "secret.der").read_bytes())
        message[message.index(b"\x04\x82\x01") + 100] ^= 1
        (self.folder / "secret.der").write_bytes(message)

    def decrypt_from_openssl(self, identity, *options):
        self.encrypt_to(identity, *options)
        self.decrypt()

    # The PIN

    def answers(self, *answers):
        """What the person answers to the next prompts; after these: cancels."""
        self.world.plan_pinentry(*answers)

    @contextlib.contextmanager
    def asked(self, *expected):
        """What goes on inside must ask exactly these: GETPIN, CONFIRM."""
        before = len(self._questions())
        yield
        questions = self._questions()[before:]
        expect(questions == list(expected), f"pinentry was asked {questions}")

    def _questions(self):
        return re.findall(r"^\d+ (GETPIN|CONFIRM) -> ", self.world.pinentry_log(), re.M)

    def last_error(self):
        """What the last prompt said of the try before."""
        return (re.findall(r"^\d+ SETERROR '(.*)'$", self.world.pinentry_log(), re.M) or [""])[-1]

    def log_out(self):
        self.run("cardseal", "lock")

    # Calls and time

    def calls_of(self, action):
        """The PKCS#11 calls that go on meanwhile, without those that look at the slots."""
        before = len(self._logged_calls())
        action()
        return [call for call in self._logged_calls()[before:] if call not in LOOKING]

    def _logged_calls(self):
        return [line.split()[0] for line in (self.world.directory / "fault.log").read_text().splitlines()]

    def idle(self, seconds):
        """The seconds of CPU time of the daemon and its workers while nobody wants anything."""
        before = self._cpu_seconds()
        expect(before > 0, "the clocks of the daemon's processes stand still")
        ended, _, _ = select.select([os.pidfd_open(self.world.daemon.pid)], [], [], seconds)
        expect(not ended, "the daemon has ended")
        return self._cpu_seconds() - before

    def _cpu_seconds(self):
        """By the clocks of clock_getcpuclockid(3), which are finer than the ticks of /proc."""
        return sum(time.clock_gettime(~pid << 3 | PROCESS_CLOCK) for pid in self._processes())

    def _processes(self):
        """The daemon and all below it."""
        parents = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended since
        ours, more = set(), {self.world.daemon.pid}
        while more:
            ours |= more
            more = {pid for pid, parent in parents.items() if parent in ours} - ours
        return ours
