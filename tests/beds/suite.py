# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the suites of this folder have in common: run(make_bed, add_rows) prints the table and gives the exit status.

A bed puts a token into a world: its `title`, `keys` (pairs of an identity and what it can: "sign", "decrypt" or
"decrypt sign"), `signer` (one of them), `pin`, `tries`, `tries_left()`.
"""
import pathlib
import sys
import time
import traceback

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "tests/support" / name) for name in ("fixtures", "beds")]

from bed import Unavailable  # noqa: E402
from cardseal_world import World  # noqa: E402
from person import Failed, Person  # noqa: E402


class Table:
    """Prints each row as it ends: a check that can fail, and the time it took."""

    def __init__(self, title):
        self.passed = self.failed = 0
        print(title, flush=True)

    def row(self, name, check, *arguments):
        """`check` raises, or gives what the row should say beside its time."""
        begun = time.monotonic()
        try:
            outcome, said = "ok", check(*arguments) or ""
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


def run(make_bed, add_rows):
    """add_rows(row, person, bed) is called with the daemon running; the fault module logs the module's calls."""
    try:
        with World(keys=()) as world:
            bed = make_bed(world)
            world.write_configuration(fault_module=True)
            world.start_daemon()
            table = Table(bed.title)
            add_rows(table.row, Person(world), bed)
            if table.failed:
                print("".join(line for line in world.daemon_log().splitlines(True) if not line.startswith("<6>")))
            return table.finish()
    except Unavailable as why:
        print(f"skipped: {why}", file=sys.stderr)
        return 77
