# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the programs exchange in the matrix: signed, enveloped and certificates-only messages, one variation each."""
import dataclasses
import itertools
import zlib

from forge import integer, octets, oid, sequence, tlv
from peer import Failed

CONTENT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDear Bob,\r\n\r\nthe meeting is at ten.\r\n"
RSA = ["rsa2048", "rsa3072", "rsa4096"]
EC = {"p256": "sha256", "p384": "sha384", "p521": "sha512", "brainpoolP256r1": "sha256", "brainpoolP384r1": "sha384",
      "brainpoolP512r1": "sha512"}
EDWARDS, MONTGOMERY = "ed25519", "x25519"
KEYS = [*RSA, *EC, EDWARDS, MONTGOMERY]
FORMS = ["der", "pem", "smime"]
LAYOUTS = ["detached", "opaque"]
DIGESTS = ["sha256", "sha384", "sha512"]
CBC = ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"]
GCM = ["aes-128-gcm", "aes-256-gcm"]
CHACHA = "chacha20-poly1305"


def label(kind, case):
    """The fields that differ from the usual, in their order."""
    words = [kind]
    for field in dataclasses.fields(case):
        value = getattr(case, field.name)
        if field.name in ("key", "layout", "form", "cipher") or value != field.default:
            words.append("+".join(value) if isinstance(value, tuple) else field.metadata.get("say", "{}").format(value))
    return " ".join(words)


def said_as(text, default):
    return dataclasses.field(default=default, metadata={"say": text})


@dataclasses.dataclass(frozen=True)
class Signing:
    key: tuple
    layout: str = "opaque"
    form: str = "der"
    padding: str = "pkcs1"  # of RSA keys
    salt: str = said_as("salt={}", "digest")
    digest: str = "sha256"
    attributes: str = said_as("attributes={}", "usual")
    identifier: str = said_as("by-{}", "issuer-serial")
    encoding: str = "usual"

    def __str__(self):
        return label("sign", self)

    @property
    def detached(self):
        return self.layout == "detached"

    @property
    def plain(self):
        """What every version of every program can."""
        return self == Signing(self.key, self.layout) and self.key in [(key,) for key in RSA]

    @property
    def newer(self):
        """What openssl cms may not know either."""
        return EDWARDS in self.key

    def make(self, maker, identities):
        return maker.sign(self, identities, CONTENT)

    def read(self, reader, identities, message):
        expect(reader, reader.verify(self, identities, message, CONTENT))


@dataclasses.dataclass(frozen=True)
class Encryption:
    key: tuple
    cipher: str = "aes-256-cbc"
    form: str = "der"
    transport: str = "pkcs1"  # to RSA keys
    label: str = said_as("label={}", "")
    kdf: str = said_as("kdf={}", "sha256")
    wrap: str = said_as("wrap={}", "usual")
    agreement: str = "usual"
    identifier: str = said_as("by-{}", "issuer-serial")
    encoding: str = "usual"

    def __str__(self):
        return label("encrypt", self)

    @property
    def plain(self):
        return self == Encryption(self.key) and self.key in [(key,) for key in RSA]

    @property
    def newer(self):
        return MONTGOMERY in self.key or self.cipher == CHACHA

    def make(self, maker, identities):
        return maker.encrypt(self, identities, CONTENT)

    def read(self, reader, identities, message):
        for identity in identities:
            expect(reader, reader.decrypt(self, identity, message))


@dataclasses.dataclass(frozen=True)
class CertificatesOnly:
    key: tuple
    form: str = "der"
    plain = newer = False

    def __str__(self):
        return label("certificates", self)

    def make(self, maker, identities):
        return maker.bundle(self, identities)

    def read(self, reader, identities, message):
        reader.unbundle(self, identities, message)


@dataclasses.dataclass(frozen=True)
class Compressed:
    """What this only reads: in its place the message is made by hand."""
    form: str = "der"
    key = ()
    plain, newer = False, True  # Debian's openssl has no zlib

    def __str__(self):
        return label("compressed (for this: by hand)", self)

    def make(self, maker, identities):
        return compressed(CONTENT) if maker.name == "this" else maker.compress(self, CONTENT)

    def read(self, reader, identities, message):
        expect(reader, reader.expand(self, message))


def compressed(content):
    """CompressedData (RFC 3274) in DER."""
    data = sequence(integer(0), sequence(oid("1.2.840.113549.1.9.16.3.8")),
                    sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, octets(zlib.compress(content)))))
    return sequence(oid("1.2.840.113549.1.9.16.1.9"), tlv(0xA0, data))


def expect(reader, got):
    if got != CONTENT:
        raise Failed(f"{reader.name} read {len(got)} octets that are not the content")


def product(case, **choices):
    """The case with every combination of these values of its fields."""
    for values in itertools.product(*choices.values()):
        yield dataclasses.replace(case, **dict(zip(choices, values)))


def natural(key):
    """How this key signs: an EC key with the digest of its curve's size, Ed25519 with SHA-512 (RFC 8419)."""
    return Signing((key,), digest=(EC | {EDWARDS: "sha512"}).get(key, "sha256"))


def signings():
    rsa, ec, two = Signing(("rsa2048",)), natural("p256"), Signing(("rsa2048", "p256"))
    for key in [*RSA, *EC, EDWARDS]:
        yield from product(natural(key), layout=LAYOUTS)
    for key in RSA:
        yield from product(Signing((key,), padding="pss"), layout=LAYOUTS)
    for case in (rsa, dataclasses.replace(rsa, padding="pss"), ec, two, natural(EDWARDS)):
        yield from product(case, layout=LAYOUTS, form=["pem", "smime"])
    yield from product(rsa, padding=["pkcs1", "pss"], digest=["sha384", "sha512"])
    yield from product(ec, digest=["sha384", "sha512"])
    yield from product(rsa, padding=["pss"], salt=["0", "max"], digest=DIGESTS)
    for case in (rsa, ec):
        yield from product(case, attributes=["none", "fewer", "more"])
        yield from product(case, identifier=["key-id"])
        yield from product(case, layout=LAYOUTS, digest=["sha1"])
    yield from product(rsa, encoding=["stream"], form=FORMS)
    yield from product(two, layout=LAYOUTS)
    yield Signing(("rsa2048", "rsa3072", "p384"), digest="sha384")


def all_signings():
    """Each combination that makes sense, without those of every key size."""
    for key, padding in (("rsa2048", "pkcs1"), ("rsa3072", "pss"), ("p256", "pkcs1"), ("p384", "pkcs1"),
                         ("p521", "pkcs1"), ("brainpoolP256r1", "pkcs1")):
        yield from product(natural(key), layout=LAYOUTS, form=FORMS, padding=[padding], digest=["sha1", *DIGESTS],
                           attributes=["usual", "none", "more"], identifier=["issuer-serial", "key-id"])
    # openssl streams neither a detached signature (it writes the content inside) nor PSS.
    yield from product(Signing(("rsa2048",)), form=FORMS, digest=DIGESTS, attributes=["usual", "none", "more"],
                       identifier=["issuer-serial", "key-id"], encoding=["stream"])
    yield from product(Signing(("rsa2048",)), layout=LAYOUTS, form=FORMS, padding=["pss"], salt=["0", "max"],
                       digest=DIGESTS)
    yield from product(Signing(("rsa2048", "p256")), layout=LAYOUTS, form=FORMS, digest=DIGESTS,
                       attributes=["usual", "none", "more"])


def encryptions():
    rsa, ec, two = Encryption(("rsa2048",)), Encryption(("p256",)), Encryption(("rsa2048", "p256"))
    for key in [*RSA, *EC, MONTGOMERY]:
        yield from product(Encryption((key,)), cipher=["aes-256-cbc", "aes-256-gcm"])
    for case in (rsa, ec):
        yield from product(case, cipher=["aes-256-cbc", "aes-256-gcm"], form=["pem", "smime"])
        yield from product(case, cipher=["aes-128-cbc", "aes-192-cbc", "aes-128-gcm", "des-ede3-cbc", CHACHA])
        yield from product(case, identifier=["key-id"])
        yield from product(case, encoding=["stream"], cipher=["aes-256-cbc", "aes-256-gcm"])
    for key in RSA:
        yield Encryption((key,), transport="oaep-sha256")
    yield from product(rsa, transport=["oaep-sha1", "oaep-sha384", "oaep-sha512"])
    yield from product(rsa, transport=["oaep-sha1", "oaep-sha256"], label=["6c6162656c"])
    yield from product(ec, kdf=["sha1", "sha224", "sha384", "sha512"])
    yield from product(ec, wrap=["aes128-wrap", "aes192-wrap", "aes256-wrap", "des3-wrap"])
    yield from product(ec, agreement=["cofactor"], kdf=["sha1", "sha256"])
    yield from product(two, cipher=["aes-256-cbc", "aes-256-gcm"])
    yield Encryption(("rsa2048", "rsa4096", "p256", "p384"))
    yield Encryption(("rsa2048", "p256", MONTGOMERY), "aes-256-gcm")


def all_encryptions():
    ciphers = [*CBC, *GCM, "des-ede3-cbc", CHACHA]
    for key in ("rsa2048", "rsa3072"):
        yield from product(Encryption((key,)), cipher=ciphers, form=FORMS, encoding=["usual", "stream"],
                           transport=["pkcs1", "oaep-sha1", "oaep-sha256", "oaep-sha384", "oaep-sha512"],
                           identifier=["issuer-serial", "key-id"])
    for key in ("p256", "p384", "p521", "brainpoolP256r1"):
        yield from product(Encryption((key,)), cipher=ciphers, kdf=["sha1", "sha256", "sha384", "sha512"],
                           wrap=["usual", "aes128-wrap", "aes256-wrap"], agreement=["usual", "cofactor"],
                           identifier=["issuer-serial", "key-id"])
    yield from product(Encryption(("rsa2048", "p256")), cipher=ciphers, form=FORMS)


def cases(everything):
    chosen = [*signings(), *encryptions(), *product(CertificatesOnly(("rsa2048", "p256")), form=["der", "pem"]),
              Compressed()]
    if everything:
        chosen += [*all_signings(), *all_encryptions()]
    return list(dict.fromkeys(chosen))
