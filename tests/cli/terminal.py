#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person sees on a terminal: colours, and only there."""
import os
import pathlib
import pty
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support/fixtures"))

from cardseal_world import World  # noqa: E402

LIMIT_SECONDS = 60
MAIL = b"Content-Type: text/plain\n\nHow?\n"


def shown_on_terminal(world, *command, **variables):
    """What a terminal gets of a command's standard output and error."""
    environment = {name: value for name, value in world.environment.items() if name != "NO_COLOR"}
    terminal, other = pty.openpty()
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=other, stderr=other,
                          env=environment | {"TERM": "xterm"} | variables) as process:
        os.close(other)
        shown = b""
        try:
            while chunk := os.read(terminal, 65536):
                shown += chunk
        except OSError:  # EIO: the command has closed its end
            pass
        process.wait(LIMIT_SECONDS)
    os.close(terminal)
    return shown


def check(condition, text, shown):
    print(("ok      " if condition else "FAILED  ") + text)
    if not condition:
        raise AssertionError(shown)


def check_colours(world, what, colour, *command):
    """Colour on a terminal; the same letters without it on one that has none, where it is not wanted, and in a pipe."""
    shown = shown_on_terminal(world, *command)
    check(colour in shown, f"{what}: {colour.decode().lstrip(chr(27))} on a terminal", shown)
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = shown_on_terminal(world, *command, **variables)
        check(b"\x1b" not in plain and plain, f"{what}: none with {variables}", plain)
    piped = world.run(*command, check=False)
    check(b"\x1b" not in piped.stdout + piped.stderr, f"{what}: none in a pipe", piped)


def main():
    with World(keys=["rsa2048"]) as world:
        world.write_configuration()
        world.start_daemon()
        signed, changed = world.directory / "signed.eml", world.directory / "changed.eml"
        signed.write_bytes(world.run("cardseal", "sign", input=MAIL).stdout)
        changed.write_bytes(signed.read_bytes().replace(b"How?", b"Now!"))

        check_colours(world, "a heading", b"\x1b[1mrsa2048@example.org\x1b[0m", "cardseal", "list")
        check_colours(world, "a valid signature", b"\x1b[32mvalid: ", "cardseal", "verify", signed)
        check_colours(world, "what is not known", b"\x1b[33mnot known: ", "cardseal", "verify", signed)
        check_colours(world, "a signature that is not good", b"\x1b[1;31mNOT VALID: ", "cardseal", "verify", changed)
        check_colours(world, "a finding", b"\x1b[32mgood  \x1b[0m", "cardseal", "doctor")
        check_colours(world, "an error", b"\x1b[1;31mcardseal: NoSuchKey\x1b[0m", "cardseal", "decrypt", "--key",
                      "deadbeef", signed)
        json = shown_on_terminal(world, "cardseal", "list", "--json")
        check(b"\x1b" not in json and b'"keys"' in json, "JSON: none on a terminal either", json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
