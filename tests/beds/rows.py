# SPDX-License-Identifier: LGPL-2.1-or-later
"""A table of what a bed was asked to do: each row is a check that can fail, with the time it took."""
import time
import traceback


class Failed(Exception):
    """A row does not hold; the text says why."""


def expect(holds, why):
    if not holds:
        raise Failed(why)


class Table:
    """Prints each row as it ends."""

    def __init__(self, title):
        self.passed = self.failed = 0
        print(title, flush=True)

    def row(self, name, check):
        """`check` raises, or gives what the row should say beside its time."""
        begun = time.monotonic()
        try:
            outcome, said = "ok", check() or ""
            self.passed += 1
        except Exception as failure:  # whatever it is, the other rows are wanted
            outcome, said = "FAIL", f"{type(failure).__name__}: {failure}"
            if not isinstance(failure, Failed):
                said += "\n" + traceback.format_exc()
            self.failed += 1
        milliseconds = (time.monotonic() - begun) * 1000
        print(f"  {name:52}{outcome:5}{milliseconds:8.0f} ms  {said}".rstrip(), flush=True)

    def finish(self):
        """The last line, and the exit status."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
