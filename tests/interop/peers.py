# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs that read each other's CMS in the matrix: cardseal, openssl cms, gpgsm and NSS cmsutil."""
import ast
import json
import re


class Cannot(Exception):
    """The program has no way to do it; the text says why."""


class Failed(Exception):
    """The program tried and failed; the text is what it said."""


CIPHERS = {"cbc": "aes-256-cbc", "gcm": "aes-256-gcm"}


class Peer:
    def __init__(self, world):
        self.world = world
        self.folder = world.directory / self.name
        self.folder.mkdir(mode=0o700)
        self._files = 0

    def path(self, content=None):
        """A new file, with this content if any is given."""
        self._files += 1
        path = self.folder / f"file-{self._files}"
        if content is not None:
            path.write_bytes(content)
        return path

    def run(self, *command, output=None):
        """Runs it; the bytes of the file `output`, else of standard output."""
        done = self.world.run(*command, check=False)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines() or [""]
            # openssl begins its errors with the thread's number.
            raise Failed(f"{command[0]}: status {done.returncode}: {re.sub(r'^[0-9A-F]{16}:', '', said[-1])}")
        return output.read_bytes() if output else done.stdout


class This(Peer):
    """Makes through the D-Bus interface, which has every option; reads through the command."""
    name = "this"

    def sign(self, case, identity, content):
        options = f"'format': <'{case.form}'>, 'opaque': <{'false' if case.detached else 'true'}>"
        if identity.is_rsa:
            options += f", 'padding': <'{case.padding}'>"
        return self._call("Sign", f"['{identity.email}']", content, options)

    def encrypt(self, case, identity, content):
        options = f"'format': <'{case.form}'>, 'cipher': <'{CIPHERS[case.cipher]}'>, 'originator': <'none'>"
        if identity.is_rsa:
            options += f", 'rsa_transport': <'{case.transport}'>"
        return self._call("Encrypt", f"[{octets(identity.der)}]", content, options)

    def verify(self, case, identity, message, content):
        output = self.path()
        beside = ["--content", self.path(content)] if case.detached and case.form != "smime" else []
        said = json.loads(self.run("cardseal", "verify", "--json", *beside, "-o", output, self.path(message)))
        signer, = said["signers"]
        if not said["valid"] or signer["fingerprint"] != identity.fingerprint or signer["chain"] != "trusted":
            raise Failed(json.dumps(said))
        return content if beside else output.read_bytes()

    def decrypt(self, case, identity, message):
        output = self.path()
        return self.run("cardseal", "decrypt", "--key", identity.key_id, "-o", output, self.path(message), output=output)

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


class Openssl(Peer):
    name = "openssl"

    def sign(self, case, identity, content):
        pss = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest"] if case.padding == "pss" else []
        return self.run("openssl", "cms", "-sign", "-binary", "-md", case.digest, "-signer", identity.certificate,
                        "-inkey", identity.key, *pss, *([] if case.detached else ["-nodetach"]), "-outform", case.form,
                        "-in", self.path(content))

    def encrypt(self, case, identity, content):
        options = {"oaep": ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"], "pkcs1": [],
                   "ecdh": ["-keyopt", "ecdh_kdf_md:sha256"]}[case.transport]
        return self.run("openssl", "cms", "-encrypt", "-binary", f"-{CIPHERS[case.cipher]}", "-recip",
                        identity.certificate, *options, "-outform", case.form, "-in", self.path(content))

    def verify(self, case, identity, message, content):
        beside = ["-content", self.path(content)] if case.detached and case.form != "smime" else []
        # With -binary its reader of multipart/signed keeps the line end before the boundary as content.
        binary = [] if case.detached and case.form == "smime" else ["-binary"]
        return self.run("openssl", "cms", "-verify", *binary, "-inform", case.form, "-CAfile",
                        self.world.authority.root_certificate, *beside, "-in", self.path(message))

    def decrypt(self, case, identity, message):
        return self.run("openssl", "cms", "-decrypt", "-binary", "-inform", case.form, "-inkey", identity.key, "-recip",
                        identity.certificate, "-in", self.path(message))


def pkcs12(peer, identity):
    """A PKCS#12 file in the old algorithms, which every program reads; its password is 1234."""
    path = peer.path()
    peer.run("openssl", "pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate, "-name",
             identity.name, "-out", path, "-passout", "pass:1234", "-certpbe", "PBE-SHA1-3DES", "-keypbe",
             "PBE-SHA1-3DES", "-macalg", "sha1")
    return path


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
        self.run("gpgsm", "--import", root)
        self.without_key = {}
        for identity in world.identities.values():
            try:
                self.run("gpgsm", "--import", pkcs12(self, identity))
            except Failed as failed:
                self.without_key[identity.name] = f"imports no {identity.kind} key ({failed})"
                self.run("gpgsm", "--import", identity.certificate)

    def close(self):
        self.world.run("gpgconf", "--kill", "all", check=False)

    def _require(self, case, identity=None):
        if case.form == "smime":
            raise Cannot("gpgsm knows no MIME")
        if identity and identity.name in self.without_key:
            raise Cannot("gpgsm " + self.without_key[identity.name])
        return ["--armor"] if case.form == "pem" else []

    def sign(self, case, identity, content):
        armor = self._require(case, identity)
        if case.padding == "pss":
            raise Cannot("gpgsm makes no RSA-PSS signature")
        output = self.path()
        return self.run("gpgsm", *armor, "--local-user", identity.email, "--output", output,
                        "--detach-sign" if case.detached else "--sign", self.path(content), output=output)

    def encrypt(self, case, identity, content):
        armor = self._require(case)
        if case.transport == "oaep" or case.cipher == "gcm":
            raise Cannot("gpgsm encrypts with neither OAEP nor AES-GCM")
        output = self.path()
        return self.run("gpgsm", *armor, "--recipient", identity.email, "--cipher-algo", "AES256", "--output", output,
                        "--encrypt", self.path(content), output=output)

    def verify(self, case, identity, message, content):
        self._require(case)
        if case.detached:
            said = self.run("gpgsm", "--status-fd", "1", "--verify", self.path(message), self.path(content))
            result = content
        else:
            output = self.path()
            said = self.run("gpgsm", "--status-fd", "1", "--output", output, "--verify", self.path(message))
            result = output.read_bytes()
        if b"GOODSIG" not in said or b"TRUST_FULLY" not in said:
            raise Failed("gpgsm: " + said.decode(errors="replace"))
        return result

    def decrypt(self, case, identity, message):
        self._require(case, identity)
        output = self.path()
        return self.run("gpgsm", "--output", output, "--decrypt", self.path(message), output=output)


class Nss(Peer):
    name = "nss"

    def __init__(self, world):
        super().__init__(world)
        self.database = f"sql:{self.folder}"
        self.run("certutil", "-N", "-d", self.database, "--empty-password")
        self.run("certutil", "-A", "-d", self.database, "-n", "root", "-t", "C,C,C", "-i",
                 world.authority.root_certificate)
        for identity in world.identities.values():
            self.run("pk12util", "-i", pkcs12(self, identity), "-d", self.database, "-W", "1234")

    def close(self):
        pass

    def _cmsutil(self, mode, case, content, *more):
        if case.form != "der":
            raise Cannot("cmsutil reads and writes bare DER only")
        output = self.path()
        return self.run("cmsutil", mode, "-d", self.database, *more, "-i", self.path(content), "-o", output,
                        output=output)

    def sign(self, case, identity, content):
        if case.padding == "pss":
            raise Cannot("cmsutil makes no RSA-PSS signature")
        return self._cmsutil("-S", case, content, "-N", identity.name, "-G", "-H", case.digest.upper(),
                             *(["-T"] if case.detached else []))

    def encrypt(self, case, identity, content):
        if case.transport == "oaep" or case.cipher == "gcm":
            raise Cannot("cmsutil encrypts with neither OAEP nor AES-GCM")
        return self._cmsutil("-E", case, content, "-r", identity.email)

    def verify(self, case, identity, message, content):
        if not case.detached:
            return self._cmsutil("-D", case, message)
        self._cmsutil("-D", case, message, "-c", self.path(content))
        return content

    def decrypt(self, case, identity, message):
        return self._cmsutil("-D", case, message)
