# SPDX-License-Identifier: LGPL-2.1-or-later
"""A terminal with a program in it, for tests: type keys, wait for what the screen shows.

    with Terminal(world, "mutt -f mbox") as terminal:
        terminal.wait_for("Mutt")
        terminal.press("Enter")
        print(terminal.wait_for("^Mail sent.*$")[0])
"""
import itertools
import os
import re
import select
import subprocess
import time

LIMIT_SECONDS = 30
WIDTH, HEIGHT = 120, 50
numbers = itertools.count()


class NotShown(Exception):
    """The screen did not show in time what it should; the text is what it showed."""


class Terminal:
    """A tmux of its own with one window. The command's end shows as "ended STATUS"."""

    def __init__(self, world, command):
        self._world = world
        number = next(numbers)  # the last one's server may not have gone yet
        self._socket = world.directory / f"runtime/tmux{number}"
        output = world.directory / f"runtime/terminal{number}"
        os.mkfifo(output, 0o600)
        self._output = os.open(output, os.O_RDWR | os.O_NONBLOCK)
        # The program starts when its output is watched already.
        self._tmux("new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT),
                   f"read go; {command}; echo ended $?; exec cat")
        self._tmux("pipe-pane", f"exec cat >{output}")
        self.press("Enter")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        os.close(self._output)

    def press(self, *keys):
        """Names of keys as tmux has them ("Enter", "C-c"), or characters."""
        self._tmux("send-keys", *keys)

    def screen(self):
        return self._tmux("capture-pane", "-p")

    def wait_for(self, pattern):
        """Until the screen matches; the match."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            shown = self.screen()
            if found := re.search(pattern, shown, re.M):
                return found
            ready, _, _ = select.select([self._output], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise NotShown(f"no {pattern!r} on the screen:\n{shown}")
            os.read(self._output, 65536)

    def _tmux(self, *words):
        return self._world.run("tmux", "-S", self._socket, "-f", "/dev/null", *words).stdout.decode()


def installed(program):
    return subprocess.run(["sh", "-c", f"command -v {program}"], stdout=subprocess.DEVNULL, check=False).returncode == 0
