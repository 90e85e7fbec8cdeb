# SPDX-License-Identifier: LGPL-2.1-or-later
"""openssl cms in the matrix, which can almost everything and is the control for the others."""
from peer import Failed, Peer

ATTRIBUTES = {"usual": [], "none": ["-noattr"], "fewer": ["-nosmimecap"], "more": ["-cades"]}


class Openssl(Peer):
    name = "openssl"

    def sign(self, case, identities, content):
        words = ["-sign", "-binary", "-md", case.digest, *ATTRIBUTES[case.attributes]]
        for identity in identities:
            words += ["-signer", identity.certificate, "-inkey", identity.key]
            if case.padding == "pss" and identity.is_rsa:
                words += ["-keyopt", "rsa_padding_mode:pss", "-keyopt", f"rsa_pss_saltlen:{case.salt}"]
        return self._cms(case, content, *words, *([] if case.detached else ["-nodetach"]))

    def encrypt(self, case, identities, content):
        words = ["-encrypt", "-binary", f"-{case.cipher}", *([] if case.wrap == "usual" else [f"-{case.wrap}"])]
        for identity in identities:
            words += ["-recip", identity.certificate, *self._key_options(case, identity)]
        return self._cms(case, content, *words)

    @staticmethod
    def _key_options(case, identity):
        if not identity.is_rsa:
            cofactor = ["-keyopt", "ecdh_cofactor_mode:1"] if case.agreement == "cofactor" else []
            return ["-keyopt", f"ecdh_kdf_md:{case.kdf}", *cofactor]
        if case.transport == "pkcs1":
            return []
        digest = case.transport.partition("-")[2]
        label = ["-keyopt", f"rsa_oaep_label:{case.label}"] if case.label else []
        return ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", f"rsa_oaep_md:{digest}", *label]

    def _cms(self, case, content, *words):
        by_key_id = ["-keyid"] if case.identifier == "key-id" else []
        stream = ["-stream"] if case.encoding == "stream" else []
        return self.run("openssl", "cms", *words, *by_key_id, *stream, "-outform", case.form, "-in", self.path(content))

    def compress(self, case, content):
        return self.run("openssl", "cms", "-compress", "-binary", "-outform", case.form, "-in", self.path(content))

    def expand(self, case, message):
        return self.run("openssl", "cms", "-uncompress", "-inform", case.form, "-in", self.path(message))

    def bundle(self, case, identities):
        files = [word for identity in identities for word in ("-certfile", identity.certificate)]
        return self.run("openssl", "crl2pkcs7", "-nocrl", *files, "-outform", case.form)

    def verify(self, case, identities, message, content):
        beside = ["-content", self.path(content)] if case.detached and case.form != "smime" else []
        # With -binary its reader of multipart/signed keeps the line end before the boundary as content.
        binary = [] if case.detached and case.form == "smime" else ["-binary"]
        return self.run("openssl", "cms", "-verify", *binary, "-inform", case.form, "-CAfile",
                        self.world.authority.root_certificate, *beside, "-in", self.path(message))

    def decrypt(self, case, identity, message):
        return self.run("openssl", "cms", "-decrypt", "-binary", "-inform", case.form, "-inkey", identity.key, "-recip",
                        identity.certificate, "-in", self.path(message))

    def unbundle(self, case, identities, message):
        said = self.run("openssl", "pkcs7", "-inform", case.form, "-print_certs", "-in", self.path(message)).decode()
        if not all(identity.name in said for identity in identities):
            raise Failed(said)
