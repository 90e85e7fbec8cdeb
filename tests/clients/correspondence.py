# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mail between the person with the token and bob, whose key openssl has, for suites that drive mail programs."""
import contextlib

ME, BOB, TEXT = "rsa2048@example.org", "bob@example.org", "the plan is secret"


class Correspondence:
    """Of a world with a key "rsa2048" on its token; it makes bob, and the daemon learns his certificate."""

    def __init__(self, world):
        self.world = world
        self.bob = world.identities["bob"] = world.authority.identity("bob")
        world.run("cardseal", "certificates", "import", self.bob.certificate)
        self._got = world.directory / "got.eml"

    # Mail to read

    def made(self, *command):
        """A mail from me to bob, as this command of cardseal makes it."""
        mail = f"From: {ME}\nTo: {BOB}\nSubject: plan\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMIME-Version: 1.0\n\n{TEXT}\n"
        return self.world.run("cardseal", *command, "--message", input=mail.encode()).stdout

    def encrypted(self, name, entity=f"\n{TEXT}\n".encode()):
        """One that openssl encrypts (CBC) to the identity of this name alone."""
        return self.world.run("openssl", "cms", "-encrypt", "-aes256", "-from", ME, "-to", BOB, "-subject", "plan",
                              self.world.identities[name].certificate, input=entity).stdout

    def signed_and_encrypted(self):
        """One that is signed inside: the entity, without the fields of the mail around it."""
        signed = self.made("sign", "--key", ME)
        return self.encrypted("rsa2048", signed[signed.index(b"Content-Type: multipart/signed"):])

    # Mail that was sent

    def verified(self, mail):
        """The content that openssl finds signed in it."""
        self._got.write_bytes(mail)
        return self.world.run("openssl", "cms", "-verify", "-CAfile", self.world.authority.root_certificate, "-in",
                              self._got).stdout

    def decrypted(self, mail):
        """What bob reads with openssl."""
        self._got.write_bytes(mail)
        return self.world.run("openssl", "cms", "-decrypt", "-recip", self.bob.certificate, "-inkey", self.bob.key,
                              "-in", self._got).stdout

    # The PIN

    @contextlib.contextmanager
    def answers(self, *answers):
        """The token is locked, and the prompts for its PIN are answered so."""
        self.world.run("cardseal", "lock")
        self.world.plan_pinentry(*answers)
        try:
            yield
        finally:
            self.world.plan_pinentry(f"always pin {self.world.token.pin}")
