# SPDX-License-Identifier: LGPL-2.1-or-later
"""gpgsm in the matrix, with its own agent and keys."""
import re

from authority import openssl
from cases import EC, EDWARDS, MONTGOMERY
from forge import children
from peer import Failed, Peer, cannot_if, pkcs12

CURVES = {"p256": "NIST P-256", "p384": "NIST P-384", "p521": "NIST P-521"}
CIPHERS = {"aes-128-cbc": "AES128", "aes-192-cbc": "AES192", "aes-256-cbc": "AES256", "des-ede3-cbc": "3DES"}


class Gpgsm(Peer):
    name = "gpgsm"

    def __init__(self, world):
        super().__init__(world)
        # A socket's path has 108 octets at most: a short folder is needed.
        world.environment["GNUPGHOME"] = str(self.folder)
        root = world.authority.root_certificate
        fingerprint = world.run("openssl", "x509", "-in", root, "-noout", "-fingerprint", "-sha1").stdout.decode()
        (self.folder / "trustlist.txt").write_text(fingerprint.split("=")[1].strip().replace(":", "") + " S relax\n")
        (self.folder / "gpgsm.conf").write_text("batch\ndisable-crl-checks\ndisable-dirmngr\n")
        (self.folder / "gpg-agent.conf").write_text(
            f"pinentry-program {world.directory / 'bin/pinentry'}\nmin-passphrase-len 1\nmin-passphrase-nonalpha 0\n")
        (self.folder / "private-keys-v1.d").mkdir(mode=0o700)
        self.run("gpgsm", "--import", root)
        for identity in world.identities.values():
            if identity.is_rsa:
                self._add_rsa_key(identity)
            elif identity.kind in EC:
                self._add_ec_key(identity)

    def _add_rsa_key(self, identity):
        """Version 2.4 misreads one PKCS#12 file in thirty or so; the same key's next file has another salt."""
        for files_left in reversed(range(4)):
            try:
                return self.run("gpgsm", "--import", pkcs12(self, identity))
            except Failed:
                if not files_left:
                    raise

    def _add_ec_key(self, identity):
        """Past its PKCS#12 reader, in which version 2.2 crashes: the agent's own file of the key."""
        self.run("gpgsm", "--import", identity.certificate)
        dump = self.run("gpgsm", "--dump-cert", identity.email).decode()
        numbers = children(openssl("ec", "-in", identity.key, "-outform", "DER"))
        private, public = numbers[1][2:], children(numbers[3])[0] if numbers[3][0] == 0xA1 else numbers[3]
        point = public[public.index(b"\0\x04") + 1:]
        curve = CURVES.get(identity.kind, identity.kind)
        text = (f'(private-key (ecc (curve "{curve}")(q #{point.hex()}#)(d #{private.hex()}#)))')
        grip = re.search(r"keygrip: (\w+)", dump)[1]
        (self.folder / f"private-keys-v1.d/{grip}.key").write_text(f"Key: {text}\n")

    def last_words(self, lines):
        return super().last_words([line for line in lines if "CRLs not checked" not in line])

    def close(self):
        self.world.run("gpgconf", "--kill", "all", check=False)

    @staticmethod
    def _armor(case):
        cannot_if((case.form == "smime", "knows no MIME"),
                  ({EDWARDS, MONTGOMERY} & set(case.key), "has no key of these curves here"))
        return ["--armor"] if case.form == "pem" else []

    def sign(self, case, identities, content):
        armor = self._armor(case)
        cannot_if((case.padding == "pss", "makes no RSA-PSS signature"),
                  (case.attributes != "usual", "has one set of signed attributes"),
                  (case.identifier == "key-id", "names signers by issuer and serial number"),
                  (case.encoding != "usual", "chooses lengths itself"))
        users = [word for identity in identities for word in ("--local-user", identity.email)]
        output = self.path()
        return self.run("gpgsm", *armor, *users, "--digest-algo", case.digest, "--output", output,
                        "--detach-sign" if case.detached else "--sign", self.path(content), output=output)

    def encrypt(self, case, identities, content):
        armor = self._armor(case)
        cannot_if((case.transport != "pkcs1", "encrypts with RSA v1.5 only"),
                  (case.cipher not in CIPHERS, "encrypts with CBC only"),
                  ((case.kdf, case.wrap, case.agreement) != ("sha256", "usual", "usual"),
                   "has one key agreement"),
                  (case.identifier == "key-id", "names recipients by issuer and serial number"),
                  (case.encoding != "usual", "chooses lengths itself"))
        users = [word for identity in identities for word in ("--recipient", identity.email)]
        output = self.path()
        return self.run("gpgsm", *armor, *users, "--cipher-algo", CIPHERS[case.cipher], "--output", output, "--encrypt",
                        self.path(content), output=output)

    def bundle(self, case, identities):
        cannot_if((True, "makes no certificates-only message"))

    def verify(self, case, identities, message, content):
        self._armor(case)
        if case.detached:
            said = self.run("gpgsm", "--status-fd", "1", "--verify", self.path(message), self.path(content))
            result = content
        else:
            output = self.path()
            said = self.run("gpgsm", "--status-fd", "1", "--output", output, "--verify", self.path(message))
            result = output.read_bytes()
        if any(said.count(word) != len(identities) for word in (b"GOODSIG", b"TRUST_FULLY")):
            raise Failed("gpgsm: " + said.decode(errors="replace"))
        return result

    def decrypt(self, case, identity, message):
        self._armor(case)
        output = self.path()
        # It decrypts for whoever it has a key of; the message's other recipients have theirs here too.
        return self.run("gpgsm", "--output", output, "--decrypt", self.path(message), output=output)

    def unbundle(self, case, identities, message):
        said = self.run("gpgsm", "--status-fd", "1", "--import", self.path(message)).decode()
        if f"IMPORT_RES {len(identities)} " not in said:
            raise Failed(said)
