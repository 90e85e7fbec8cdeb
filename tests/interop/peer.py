# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the programs of the matrix have in common: files of their own, running a command, saying what they cannot."""
import itertools
import re


class Cannot(Exception):
    """The program has no way to do it; the text says why."""


class Failed(Exception):
    """The program tried and failed; the text is what it said."""


class Peer:
    name = ""

    def __init__(self, world):
        self.world = world
        self.folder = world.directory / self.name
        self.folder.mkdir(mode=0o700)
        self._numbers = itertools.count(1)

    def close(self):
        """Ends what the program left running."""

    def compress(self, case, content):
        raise Cannot("does not know CompressedData")

    def expand(self, case, message):
        raise Cannot("does not know CompressedData")

    def path(self, content=None):
        """A new file, with this content if any is given."""
        path = self.folder / f"file-{next(self._numbers)}"
        if content is not None:
            path.write_bytes(content)
        return path

    def run(self, *command, output=None):
        """Runs it; the bytes of the file `output`, else of standard output."""
        done = self.world.run(*command, check=False)
        if done.returncode != 0:
            said = self.last_words(done.stderr.decode(errors="replace").strip().splitlines())
            raise Failed(f"{command[0]}: status {done.returncode}: {said}")
        return output.read_bytes() if output else done.stdout

    def last_words(self, lines):
        """The line that says what failed, without what differs from run to run."""
        # openssl begins its errors with the thread's number.
        return re.sub(r"^[0-9A-F]{8,16}:", "", lines[-1] if lines else "").replace(str(self.folder), "...")


def cannot_if(*limits):
    """Raises Cannot with the reason of the first (condition, reason) that holds."""
    for holds, reason in limits:
        if holds:
            raise Cannot(reason)


def pkcs12(peer, identity):
    """A PKCS#12 file in the old algorithms, which every program reads; its password is 1234."""
    path = peer.path()
    peer.run("openssl", "pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate, "-name",
             identity.name, "-out", path, "-passout", "pass:1234", "-certpbe", "PBE-SHA1-3DES", "-keypbe",
             "PBE-SHA1-3DES", "-macalg", "sha1")
    return path
