# SPDX-License-Identifier: LGPL-2.1-or-later
"""cardseal in the matrix: makes through the D-Bus interface, which has every option; reads through the command."""
import ast
import json
import re

from peer import Failed, Peer, cannot_if

CIPHERS = ["aes-128-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"]


class This(Peer):
    name = "this"

    def sign(self, case, identities, content):
        cannot_if((case.digest == "sha1", "signs with SHA-2 only"),
                  (case.salt != "digest", "makes PSS with a salt as long as the digest"),
                  (case.attributes != "usual", "has one set of signed attributes"),
                  (case.identifier != "issuer-serial", "names itself by issuer and serial number"),
                  (case.encoding != "usual", "chooses lengths itself"))
        keys = ", ".join(f"'{identity.email}'" for identity in identities)
        options = (f"'format': <'{case.form}'>, 'opaque': <{'false' if case.detached else 'true'}>, "
                   f"'digest': <'{case.digest}'>")
        if all(identity.is_rsa for identity in identities):
            options += f", 'padding': <'{case.padding}'>"
        return self._call("Sign", f"[{keys}]", content, options)

    def encrypt(self, case, identities, content):
        cannot_if((case.cipher not in CIPHERS, "does not write this cipher"),
                  (case.transport not in ("pkcs1", "oaep-sha256"), "writes OAEP with SHA-256"),
                  (case.label, "writes OAEP without a label"),
                  (case.kdf != "sha256" or case.wrap != "usual" or case.agreement != "usual",
                   "agrees with stdDH, SHA-256 and the wrap of the content key's size"),
                  (case.identifier != "issuer-serial", "names recipients by issuer and serial number"),
                  (case.encoding != "usual", "chooses lengths itself"))
        certificates = ", ".join(octets(identity.der) for identity in identities)
        transport = case.transport.partition("-")[0]
        return self._call("Encrypt", f"[{certificates}]", content,
                          f"'format': <'{case.form}'>, 'cipher': <'{case.cipher}'>, 'originator': <'none'>, "
                          f"'rsa_transport': <'{transport}'>")

    def bundle(self, case, identities):
        cannot_if((True, "makes no certificates-only message"))

    def verify(self, case, identities, message, content):
        output = self.path()
        beside = ["--content", self.path(content)] if case.detached and case.form != "smime" else []
        said = self._verification(*beside, "-o", output, self.path(message))
        signers = said["signers"]
        if {signer["fingerprint"] for signer in signers} != {identity.fingerprint for identity in identities}:
            raise Failed("other signers: " + json.dumps(said))
        if case.digest == "sha1":
            return self._refused_as_weak(said, content)
        if not said["valid"] or any(signer["chain"] != "trusted" for signer in signers):
            raise Failed(json.dumps(said))
        return content if beside else output.read_bytes()

    def decrypt(self, case, identity, message):
        output = self.path()
        return self.run("cardseal", "decrypt", "--key", identity.key_id, "-o", output, self.path(message),
                        output=output)

    def expand(self, case, message):
        output = self.path()
        return self.run("cardseal", "open", "-o", output, self.path(message), output=output)

    def unbundle(self, case, identities, message):
        """Certificates alone are no signature (RFC 8551 3.8)."""
        said = self._verification(self.path(message))
        if said["valid"] or said["signers"]:
            raise Failed(json.dumps(said))

    def _verification(self, *arguments):
        done = self.world.run("cardseal", "verify", "--json", *arguments, check=False)
        if done.returncode not in (0, 1):
            raise Failed(done.stderr.decode(errors="replace").strip())
        return json.loads(done.stdout)

    @staticmethod
    def _refused_as_weak(said, content):
        if said["valid"] or not all("sha1" in signer["reason"] and signer["signature"] == "good"
                                    for signer in said["signers"]):
            raise Failed("not refused as weak: " + json.dumps(said))
        return content

    def _call(self, method, first, content, options):
        said = self.run("gdbus", "call", "--session", "--timeout", "60", "--dest", "org.cardseal.Cardseal1",
                        "--object-path", "/org/cardseal/Cardseal1", "--method", f"org.cardseal.Cardseal1.{method}",
                        first, octets(content), f"{{{options}, 'interaction': <'allowed'>}}").decode()
        numbers = re.match(r"\(\[byte ([^\]]*)\]", said)
        if numbers:
            return bytes(int(number, 16) for number in numbers[1].split(","))
        # GVariant prints octets that look like a C string as one.
        return ast.literal_eval(re.match(r"\((b'[^']*'|b\"[^\"]*\")", said)[1]) + b"\0"


def octets(content):
    return "@ay [" + ", ".join(f"0x{octet:02x}" for octet in content) + "]"
