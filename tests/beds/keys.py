# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of keys: listed, signing, decrypting, and what that costs."""
from bed import wait_until
from person import expect

OAEP = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"]
ECDH = ["-keyopt", "ecdh_kdf_md:sha256"]
NO_RAW_RSA = "refuse CKM_RSA_X_509"


def list_keys(person, bed):
    wait_until(person.keys, "the token's keys are listed")
    for identity, uses in bed.keys:
        expect(person.can(identity) == uses, f"{identity.name} can {person.can(identity)}, not {uses}")
    expect(len(person.keys()) == len(bed.keys), f"{len(person.keys())} keys are listed, not {len(bed.keys)}")


def add_signing(row, person, signer):
    if not signer.is_rsa:
        row(f"{signer.name}: sign, ECDSA", person.sign, signer)
        return
    row(f"{signer.name}: sign, RSA v1.5", person.sign, signer)
    row(f"{signer.name}: sign, RSA PSS", person.sign, signer, "--padding", "pss")


def add_decrypting(row, person, recipient):
    if not recipient.is_rsa:
        row(f"{recipient.name}: decrypt, ECDH", person.decrypt_from_openssl, recipient, *ECDH)
        return
    row(f"{recipient.name}: decrypt, RSA v1.5", person.decrypt_from_openssl, recipient)
    row(f"{recipient.name}: decrypt, RSA OAEP with SHA-256", person.decrypt_from_openssl, recipient, *OAEP)
    row(f"{recipient.name}: decrypt, damaged; the next is fine", decrypt_damaged, person, recipient)


def add_decrypting_by_token(row, person, recipient):
    """Rows of a token that removes the padding itself: it seems to have no raw RSA from here on."""
    person.world.set_faults(NO_RAW_RSA)
    row("decrypt, RSA v1.5 by the token itself", person.decrypt_from_openssl, recipient)
    row("decrypt, RSA OAEP by the token itself", person.decrypt_from_openssl, recipient, *OAEP)
    row("decrypt by the token, damaged; the next is fine", decrypt_damaged, person, recipient)


def decrypt_damaged(person, recipient):
    person.encrypt_to(recipient)
    person.damage_encrypted_key()
    person.is_refused("DecryptFailed", "decrypt", "secret.der")
    person.decrypt_from_openssl(recipient)


def decrypt_refused(person, recipient, error):
    person.encrypt_to(recipient)
    person.is_refused(error, "decrypt", "secret.der")


def warm_signature(person, signer):
    """The fewest calls of five; a look at the tokens may come in between on a slow machine."""
    person.sign(signer)
    calls = min((person.calls_of(lambda: person.sign(signer)) for _ in range(5)), key=len)
    expect(calls == ["C_SignInit", "C_Sign"], f"the calls are {calls}")
    return "2 PKCS#11 calls: " + ", ".join(calls)


def idle(person, seconds):
    return f"{person.idle(seconds) * 1000:.1f} ms of CPU time in {seconds} s"
