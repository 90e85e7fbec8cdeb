# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of the PIN, for a token that blocks it after three wrong ones; in this order."""
from person import expect

WRONG = ["pin 999999", "pin 888888", "pin 777777"]


def add_all(row, person, bed):
    row("wrong PIN: told, one try spent (row 67)", wrong_pin_counted, person, bed)
    row("last try: consent first (row 68)", last_try, person, bed)
    row("blocked PIN: no further prompt (rows 67, 71)", blocked_pin, person, bed)


def wrong_pin(person, bed):
    person.log_out()
    person.answers(WRONG[0], "cancel")
    with person.asked("GETPIN", "GETPIN"):
        person.is_refused("PinCancelled", *person.signing(bed.signer))
    expect(person.last_error().startswith("Wrong PIN"), f"pinentry showed {person.last_error()!r}")


def wrong_pin_told_vaguely(person, bed):
    """CKR_GENERAL_ERROR: nobody is asked again, and the next request is."""
    person.log_out()
    person.answers(WRONG[0], "pin " + bed.pin)
    with person.asked("GETPIN"):
        person.is_refused("ModuleFailed", *person.signing(bed.signer))
    expect("perhaps a wrong PIN" in person.said, f"it said: {person.said}")
    with person.asked("GETPIN"):
        person.sign(bed.signer)


def each_use(person, bed):
    """Row 75: a key that wants its PIN each time, on a card that is logged in."""
    person.sign(bed.signer)
    for _ in range(2):
        with person.asked("GETPIN"):
            person.sign(bed.signature)
    with person.asked():
        person.sign(bed.signer)


def each_use_wrong(person, bed):
    person.answers(WRONG[0], "pin " + bed.pin, "always pin " + bed.pin)
    with person.asked("GETPIN", "GETPIN"):
        person.sign(bed.signature)
    expect(person.last_error().startswith("Wrong PIN"), f"pinentry showed {person.last_error()!r}")
    expect(bed.tries_left() == bed.tries, f"{bed.tries_left()} tries left")


def wrong_pin_counted(person, bed):
    wrong_pin(person, bed)
    expect(bed.tries_left() == bed.tries - 1, f"{bed.tries_left()} tries left")


def last_try(person, bed):
    person.answers(WRONG[0], "confirm", "pin " + bed.pin)
    with person.asked("GETPIN", "CONFIRM", "GETPIN"):
        person.sign(bed.signer)
    expect(bed.tries_left() == bed.tries, f"{bed.tries_left()} tries left")


def blocked_pin(person, bed):
    person.log_out()
    person.answers(*WRONG[:2], "confirm", WRONG[2])
    person.is_refused("PinLocked", *person.signing(bed.signer))
    expect(bed.tries_left() == 0, f"{bed.tries_left()} tries left")
    with person.asked():
        person.is_refused("PinLocked", *person.signing(bed.signer))


def locked_out(person, bed):
    """Of a token that has no flag for it: it says so to who tries, and each try is a person's."""
    person.log_out()
    for tries in range(1, 20):
        person.answers(WRONG[0], "cancel")
        if person.refusal(*person.signing(bed.signer)) == "PinLocked":
            break
    person.answers("pin " + bed.pin)
    with person.asked("GETPIN"):
        person.is_refused("PinLocked", *person.signing(bed.signer))
    return f"at try {tries}"
