# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of cards that are pulled and put back; a bed with insert(), pull() and held()."""
from bed import wait_until
from person import expect


def add_all(row, person, bed):
    row("pull (row 63)", pull, person, bed)
    row("insert (row 65)", insert, person, bed)
    row("pull during a signature (row 64)", with_card, pull_during_signature, person, bed)
    row("pull during a decryption (row 64)", with_card, pull_during_decryption, person, bed)
    row("sign with a card just pulled", with_card, pull_unnoticed, person, bed)


def with_card(check, person, bed):
    """The card is in its reader and listed, whatever the row before has come to, and this one."""
    put_back(person, bed)
    try:
        return check(person, bed)
    finally:
        put_back(person, bed)


def put_back(person, bed):
    if not bed.card:
        bed.insert()
    wait_until(lambda: person.can(bed.signer), "the card is listed")


def pull(person, bed):
    """The keys are listed no more, and the token is not there for a signature (row 63)."""
    person.sign(bed.signer)
    bed.pull()
    seconds = wait_until(lambda: not person.keys(), "the keys are gone from the list")
    person.is_refused("NoSuchKey", *person.signing(bed.signer))
    return f"gone after {seconds:.1f} s"


def insert(person, bed):
    """Row 65: no restart, and a login of its own."""
    bed.insert()
    seconds = wait_until(lambda: person.can(bed.signer), "the keys are listed again")
    with person.asked("GETPIN"):
        person.sign(bed.signer)
    return f"listed after {seconds:.1f} s"


def pull_during_signature(person, bed):
    """Row 64."""
    person.sign(bed.signer)
    with bed.held() as begun:
        running = person.begin(*person.signing(bed.signer))
        expect(begun(), "no operation came to the card")
        bed.pull()
        person.ends_with("TokenRemoved", running)
    return comes_back(person, bed)


def pull_during_decryption(person, bed):
    """Row 64, with a ciphertext: a failure must not be taken for one of the padding."""
    person.sign(bed.signer)
    person.encrypt_to(bed.recipient)
    with bed.held() as begun:
        running = person.begin("decrypt", "-o", "plain", "secret.der")
        expect(begun(), "no operation came to the card")
        bed.pull()
        person.ends_with("TokenRemoved", running)
    return comes_back(person, bed)


def pull_unnoticed(person, bed):
    """A signature with the session of before, if nobody has looked since; here OpenSC 0.23 locks itself out."""
    person.sign(bed.signer)
    bed.pull()
    refusal = person.refusal(*person.signing(bed.signer))
    expect(refusal in ("TokenRemoved", "NoSuchKey"), person.said)
    return f"{refusal}, {comes_back(person, bed)}"


def comes_back(person, bed):
    bed.insert()
    seconds = wait_until(lambda: person.can_sign(bed.signer), "the card signs again")
    return f"signs {seconds:.1f} s after it was put back"


def restart_of_pcscd(person, bed):
    """Row 85."""
    person.sign(bed.signer)
    bed.restart_pcscd()
    seconds = wait_until(lambda: person.can_sign(bed.signer), "the card signs again", seconds=5)
    return f"signs after {seconds:.1f} s"
