# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person does with a mail program on a screen, a row each: run(Program) gives the suite's exit status.

Program is a MailProgram that says how the program is driven, and in which words it tells what.
"""
import contextlib
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support/fixtures"), str(TESTS / "beds")]

from cardseal_world import World  # noqa: E402
from correspondence import BOB, ME, TEXT, Correspondence  # noqa: E402
from display import Display, screen_installed  # noqa: E402
from mail_server import MailServer  # noqa: E402
from person import expect  # noqa: E402
from suite import Table  # noqa: E402

NOBODY = "nobody@example.org"


class MailProgram:
    """A program that finds the keys through GPGME, and sends to a server of its own.

    A subclass has its `title`; the patterns `sign_cancelled`, `sign_without_key`, `encrypt_without_certificate`, `good`,
    `bad`, `decrypt_cancelled` and `decrypt_without_key` of what it says; and the context managers

        sending(to, address=ME, sign=False, encrypt=False)    a mail TEXT of the address, its "Send" pressed
        reading(mail)                                         shown, and decrypted if it is encrypted
    """

    def __init__(self, world, display, server):
        self.world, self.display, self.server = world, display, server
        self.mails = Correspondence(world)
        world.run("cardseal", "gpgme", "enable")
        world.environment["PATH"] = f"{world.directory / 'home/.local/bin'}:{world.environment['PATH']}"

    def close(self):
        """Ends what the program has left running."""

    # What it says

    def sends(self, picture, **how):
        """What was sent."""
        with self.sending(BOB, **how):
            mail = self.server.mail()
            self.picture(picture)
        return mail

    def refuses(self, words, picture, to=BOB, **how):
        """What it says instead of sending."""
        with self.sending(to, **how):
            said = self.display.wait_for_text(words)[0]
            self.picture(picture)
        expect(not self.server.has_mail(), "it was sent")
        return said

    def reads(self, mail, *patterns, picture, hidden=None):
        """The last of the patterns, as it says it."""
        with self.reading(mail):
            for pattern in patterns:
                said = self.display.wait_for_text(pattern)[0]
            self.picture(picture)
            expect(not hidden or hidden not in self.display.text(), "it is shown")
        return said

    def picture(self, name):
        self.display.picture(f"{self.title.lower().replace(' ', '-')}-{name}")

    # What a person does

    def sign(self):
        sent = self.sends("sign", sign=True)
        expect(b"multipart/signed" in sent and TEXT.encode() in self.mails.verified(sent), "it is not signed")

    def encrypt(self):
        sent = self.sends("encrypt", encrypt=True)
        expect(TEXT.encode() not in sent and TEXT.encode() in self.mails.decrypted(sent), "bob cannot read it")

    def sign_and_encrypt(self):
        sent = self.sends("sign-and-encrypt", sign=True, encrypt=True)
        expect(TEXT.encode() in self.mails.verified(self.mails.decrypted(sent)), "it is not signed")

    def cancel_signing(self):
        with self.mails.answers("cancel"):
            return self.refuses(self.sign_cancelled, "sign-cancelled", sign=True)

    def sign_as_nobody(self):
        return self.refuses(self.sign_without_key, "sign-no-key", sign=True, address=NOBODY)

    def encrypt_to_nobody(self):
        return self.refuses(self.encrypt_without_certificate, "encrypt-no-certificate", encrypt=True, to=NOBODY)

    def read_signed(self):
        return self.reads(self.mails.made("sign", "--key", ME), TEXT, self.good, picture="signed")

    def read_changed(self):
        mail = self.mails.made("sign", "--key", ME).replace(b"the plan", b"the plot")
        return self.reads(mail, "the plot is secret", self.bad, picture="changed")

    def read_opaque(self):
        return self.reads(self.mails.made("sign", "--opaque", "--key", ME), TEXT, self.good, picture="opaque")

    def read_encrypted(self):
        return self.reads(self.mails.encrypted("rsa2048"), TEXT, picture="encrypted")

    def cancel_reading(self):
        with self.mails.answers("cancel", "cancel"):
            return self.reads(self.mails.encrypted("rsa2048"), self.decrypt_cancelled, picture="decrypt-cancelled",
                              hidden=TEXT)

    def read_of_another(self):
        return self.reads(self.mails.encrypted("bob"), self.decrypt_without_key, picture="decrypt-no-key", hidden=TEXT)

    def add_rows(self, row):
        row("sign", self.sign)
        row("encrypt", self.encrypt)
        row("sign and encrypt", self.sign_and_encrypt)
        row("sign, PIN cancelled", self.cancel_signing)
        row("sign, key absent", self.sign_as_nobody)
        row("encrypt, certificate absent", self.encrypt_to_nobody)
        row("verify detached", self.read_signed)
        row("verify detached, changed", self.read_changed)
        row("verify opaque", self.read_opaque)
        row("decrypt", self.read_encrypted)
        row("decrypt, PIN cancelled", self.cancel_reading)
        row("decrypt, key absent", self.read_of_another)


def run(program, installed):
    if not (screen_installed() and installed):
        print(f"{program.title}, what it needs or the screen is not installed")
        return 77
    table = Table(program.title)
    with World(keys=["rsa2048"]) as world:
        world.start_daemon()
        with Display(world) as display, MailServer() as server:
            with contextlib.closing(program(world, display, server)) as driven:
                driven.add_rows(table.row)
    return table.finish()
