# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person does with a card: the cardseal command in a world, each result checked by openssl."""
import json
import re

from rows import expect

MAIL = b"Content-Type: text/plain; charset=utf-8\n\nDear Bob,\n\nthe meeting is at ten.\n"
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
        done = self.run("cardseal", *command, check=False)
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
