# SPDX-License-Identifier: LGPL-2.1-or-later
"""The PIV application of an emulated card (NIST SP 800-73-4 part 2): certificates, PIN and private-key operations."""
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from iso7816 import NO_SUCH_REFERENCE, NOT_FOUND, OK, UNKNOWN_COMMAND, WRONG_DATA, objects, tlv

APPLICATION = bytes.fromhex("a000000308")
SELECT, VERIFY, GENERAL_AUTHENTICATE, GET_DATA = 0xA4, 0x20, 0x87, 0xCB
LOGGED_OUT, BLOCKED, TRIES_LEFT = 0x6982, 0x6983, 0x63C0
PIN_REFERENCE, PIN_SIZE = 0x80, 8
SIGNATURE_KEY = 0x9C  # wants the PIN before each use (part 1, table 5: PIN Always)
CERTIFICATES = {0x9A: "5fc105", 0x9C: "5fc10a", 0x9D: "5fc10b"}
# Part 1, table 3, and part 2, table 3: the discovery object, the CHUID, the capability container.
DISCOVERY, CHUID, CAPABILITIES = bytes.fromhex("7e"), bytes.fromhex("5fc102"), bytes.fromhex("5fc107")
FASC_N = bytes.fromhex("d4e739da739ced39ce739d836858210842108421c84210c3eb")


class Key:
    """A private key that does what its algorithm can: one raw operation."""

    def __init__(self, path):
        self.key = serialization.load_pem_private_key(pathlib.Path(path).read_bytes(), None)

    def operate(self, request):
        """The answer to the data objects of GENERAL AUTHENTICATE, or None."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self._raw_rsa(request.get(0x81, b""))
        if 0x85 in request:
            point = ec.EllipticCurvePublicKey.from_encoded_point(self.key.curve, request[0x85])
            return self.key.exchange(ec.ECDH(), point)
        digest = {32: hashes.SHA256(), 48: hashes.SHA384()}.get(len(request.get(0x81, b"")))
        return self.key.sign(request[0x81], ec.ECDSA(Prehashed(digest))) if digest else None

    def _raw_rsa(self, block):
        numbers = self.key.private_numbers()
        size = self.key.key_size // 8
        if len(block) != size:
            return None
        number = int.from_bytes(block, "big")
        first, second = pow(number, numbers.dmp1, numbers.p), pow(number, numbers.dmq1, numbers.q)
        return (second + (first - second) * numbers.iqmp % numbers.p * numbers.q).to_bytes(size, "big")


class PivApplication:
    """`card` is what card.json says (piv_card.py), `tries` an object with get() and set(); `before_operation` is called
    before each private-key operation."""

    def __init__(self, card, tries, before_operation):
        self.pin, self.tries_at_first, self.tries = card["pin"].encode(), card["tries"], tries
        self.before_operation = before_operation
        self.keys = {int(slot, 16): Key(files["key"]) for slot, files in card["keys"].items()}
        guid = bytes.fromhex(card["guid"])
        self.objects = {DISCOVERY: tlv(0x7E, tlv(0x4F, APPLICATION + bytes.fromhex("000010000100")),
                                       tlv(b"\x5f\x2f", b"\x40\x00")),
                        CHUID: chuid(guid), CAPABILITIES: capabilities(guid)}
        for slot, files in card["keys"].items():
            certificate = x509.load_pem_x509_certificate(pathlib.Path(files["certificate"]).read_bytes())
            der = certificate.public_bytes(serialization.Encoding.DER)
            tag = bytes.fromhex(CERTIFICATES[int(slot, 16)])
            self.objects[tag] = tlv(0x53, tlv(0x70, der), tlv(0x71, b"\0"), tlv(0xFE))
        self.reset()

    def reset(self):
        self.selected = self.verified = self.just_verified = False

    def command(self, instruction, p1, p2, data):
        if instruction == SELECT:
            return self._select(data)
        if not self.selected:
            return b"", UNKNOWN_COMMAND
        if instruction == GET_DATA:
            found = self.objects.get(objects(data).get(0x5C))
            return (found, OK) if found else (b"", NOT_FOUND)
        if instruction == VERIFY:
            return b"", self._verify(p1, p2, data)
        if instruction == GENERAL_AUTHENTICATE:
            return self._authenticate(p2, data)
        return b"", UNKNOWN_COMMAND

    def _select(self, name):
        self.selected = name[:len(APPLICATION)] == APPLICATION
        if not self.selected:
            return b"", NOT_FOUND
        return tlv(0x61, tlv(0x4F, bytes.fromhex("000010000100")), tlv(0x79, tlv(0x4F, APPLICATION)),
                   tlv(0x50, b"test PIV")), OK

    def _verify(self, p1, p2, pin):
        if p2 != PIN_REFERENCE:
            return NO_SUCH_REFERENCE
        if not pin and p1 != 0xFF:
            return OK if self.verified else self._tries_status()
        self.verified = self.just_verified = False
        if p1 == 0xFF:
            return OK
        if not self.tries.get():
            return BLOCKED
        if pin == self.pin.ljust(PIN_SIZE, b"\xff"):
            self.tries.set(self.tries_at_first)
            self.verified = self.just_verified = True
            return OK
        self.tries.set(self.tries.get() - 1)
        return self._tries_status()

    def _tries_status(self):
        return TRIES_LEFT | self.tries.get() if self.tries.get() else BLOCKED

    def _authenticate(self, slot, data):
        if slot not in self.keys:
            return b"", NO_SUCH_REFERENCE
        if not (self.just_verified if slot == SIGNATURE_KEY else self.verified):
            return b"", LOGGED_OUT
        self.just_verified = False
        self.before_operation()
        result = self.keys[slot].operate(objects(objects(data)[0x7C]))
        return (tlv(0x7C, tlv(0x82, result)), OK) if result else (b"", WRONG_DATA)


def chuid(guid):
    return tlv(0x53, tlv(0x30, FASC_N), tlv(0x34, guid), tlv(0x35, b"20360101"), tlv(0x3E), tlv(0xFE))


def capabilities(guid):
    return tlv(0x53, tlv(0xF0, bytes.fromhex("a000000116ff02"), guid[:14]), tlv(0xF1, b"\x21"), tlv(0xF2, b"\x21"),
               tlv(0xF3), tlv(0xF4, b"\0"), tlv(0xF5, b"\x10"),
               *(tlv(tag) for tag in (0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE)))
