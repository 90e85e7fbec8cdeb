# SPDX-License-Identifier: LGPL-2.1-or-later
"""NSS cmsutil in the matrix, with its own database."""
from forge import oid
from peer import Cannot, Failed, Peer, cannot_if, pkcs12

ATTRIBUTES = {"usual": ["-G"], "fewer": [], "more": ["-G", "-P"]}
CIPHERS = {oid("2.16.840.1.101.3.4.1.2"): "aes-128-cbc", oid("2.16.840.1.101.3.4.1.42"): "aes-256-cbc",
           oid("1.2.840.113549.3.7"): "des-ede3-cbc"}


class Nss(Peer):
    name = "nss"

    def __init__(self, world):
        super().__init__(world)
        self.database = f"sql:{self.folder}"
        self.run("certutil", "-N", "-d", self.database, "--empty-password")
        self.run("certutil", "-A", "-d", self.database, "-n", "root", "-t", "C,C,C", "-i",
                 world.authority.root_certificate)
        self.without_key = {}
        for identity in world.identities.values():
            try:
                self.run("pk12util", "-i", pkcs12(self, identity), "-d", self.database, "-W", "1234")
            except Failed as failed:
                self.without_key[identity.name] = f"imports no {identity.kind} key ({failed})"

    def _require(self, case, *identities):
        cannot_if((case.form != "der", "reads and writes bare DER only"),
                  *((True, self.without_key[key.name]) for key in identities if key.name in self.without_key))

    def _cmsutil(self, mode, content, *more):
        output = self.path()
        return self.run("cmsutil", mode, "-d", self.database, *more, "-i", self.path(content), "-o", output,
                        output=output)

    def sign(self, case, identities, content):
        self._require(case, *identities)
        cannot_if((case.padding == "pss", "makes no RSA-PSS signature"),
                  (case.attributes == "none", "always writes signed attributes"),
                  (case.identifier == "key-id", "names signers by issuer and serial number"),
                  (len(identities) > 1, "signs for one signer"),
                  (case.encoding != "usual", "chooses lengths itself"))
        identity, = identities
        return self._cmsutil("-S", content, "-N", identity.name, *ATTRIBUTES[case.attributes], "-H",
                             case.digest.upper(), *(["-T"] if case.detached else []),
                             *(["-k"] if case.identifier == "key-id" else []))

    def encrypt(self, case, identities, content):
        self._require(case, *identities)
        cannot_if((case.transport != "pkcs1", "encrypts with RSA v1.5 only"),
                  ((case.kdf, case.wrap, case.agreement) != ("sha256", "usual", "usual"),
                   "has one key agreement"),
                  (case.identifier == "key-id", "names recipients by issuer and serial number"),
                  (case.encoding != "usual", "chooses lengths itself"))
        users = ",".join(identity.email for identity in identities)
        message = self._cmsutil("-E", content, "-r", users)
        chosen = next((name for number, name in CIPHERS.items() if number in message), "another cipher")
        if chosen != case.cipher:
            raise Cannot(f"chooses the cipher: {chosen}")
        return message

    def bundle(self, case, identities):
        self._require(case, *identities)
        output = self.path()
        users = ",".join(identity.email for identity in identities)
        return self.run("cmsutil", "-O", "-d", self.database, "-r", users, "-o", output, output=output)

    def verify(self, case, identities, message, content):
        self._require(case)
        if not case.detached:
            return self._cmsutil("-D", message)
        self._cmsutil("-D", message, "-c", self.path(content))
        return content

    def decrypt(self, case, identity, message):
        self._require(case, identity)
        return self._cmsutil("-D", message)

    def unbundle(self, case, identities, message):
        self._require(case)
        self._cmsutil("-D", message)
