# SPDX-License-Identifier: LGPL-2.1-or-later
"""A screen with graphical programs on it, for tests: wait for windows and words, type, click, keep pictures.

    with Display(world) as display:
        world.spawn(["claws-mail"], log="claws.log")
        display.wait_for_window("Claws Mail")
        display.press("ctrl+m")
        display.click("^push button: Send")
        print(display.wait_for_text("^label: Error.*")[0])
        display.picture("claws-error")

Programs started in the world find the screen while it lives. Pictures stay in meson-logs/pictures of the build folder.
It wants Debian's own python3, for Xlib and AT-SPI.
"""
import pathlib
import re
import select
import shutil
import subprocess
import time

from cardseal_world import build_folder

LIMIT_SECONDS = 60
A_MOMENT_SECONDS = 0.3
WIDGETS = ["/usr/bin/python3", pathlib.Path(__file__).with_name("widgets.py")]
PROGRAMS = ("Xvfb", "openbox", "xdotool", "import")
ACCESSIBILITY = "/usr/libexec/at-spi-bus-launcher"
# So that toolkits tell what their widgets say, and keep their settings to themselves.
TOOLKITS = {"GTK_MODULES": "gail:atk-bridge", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb",
            "GDK_BACKEND": "x11", "GSETTINGS_BACKEND": "memory"}


class NotShown(Exception):
    """The screen did not show in time what it should; the text is what it showed."""


class Display:
    """An Xvfb of its own with a window manager and the desktop's accessibility service."""

    def __init__(self, world):
        from Xlib.display import Display as Connection  # only here: where it is not installed no suite of this needs it

        self._world = world
        self._environment = dict(world.environment)
        self._processes = []
        server = self._start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset",
                             stdout=subprocess.PIPE)
        self.name = ":" + server.stdout.readline().decode().strip()
        folders = f"{world.environment['XDG_DATA_DIRS']}:/usr/local/share:/usr/share"
        world.environment |= TOOLKITS | {"DISPLAY": self.name, "XDG_DATA_DIRS": folders}
        self._connection = Connection(self.name)
        self._root = self._connection.screen().root
        self._watch()
        self._start("openbox", "--sm-disable")
        self.wait_until(lambda: self._property(self._root, "_NET_SUPPORTING_WM_CHECK"), "the window manager")
        self._start(ACCESSIBILITY, "--launch-immediately")
        # As a session does, so that what its bus starts finds the screen, too.
        world.run("dbus-update-activation-environment", "DISPLAY", "XDG_DATA_DIRS", *TOOLKITS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()
        for process in reversed(self._processes):
            self._world.end(process)
        self._world.environment.clear()
        self._world.environment |= self._environment

    # What a person sees

    def windows(self):
        """The titles, the oldest window first."""
        return [self._title(number) for number in self._windows()]

    def text(self):
        """A line "ROLE: WORDS" for each widget that shows and says something: see widgets.py."""
        return self._world.run(*WIDGETS).stdout.decode(errors="replace")

    def keyboard_is_grabbed(self):
        """Whether some window has the keys to itself, so that no other can listen."""
        from Xlib import X

        status = self._root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        self._connection.ungrab_keyboard(X.CurrentTime)
        self._connection.sync()
        return status == X.AlreadyGrabbed

    def picture(self, name):
        """Keeps what the screen shows once it is drawn; the file."""
        self._wait_until_drawn()
        folder = build_folder() / "meson-logs/pictures"
        folder.mkdir(parents=True, exist_ok=True)
        self._world.run("import", "-window", "root", folder / f"{name}.png")
        return folder / f"{name}.png"

    # Waiting: each change of the screen is a reason to look again

    def wait_until(self, check, what):
        """Until check() gives something true, which it looks at with each change of the screen; that."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            self._forget_changes()
            if found := check():
                return found
            if not self._changes_before(deadline):
                shown = "\n".join(["windows: " + ", ".join(self.windows()), self.text()])
                raise NotShown(f"no {what} on the screen:\n{shown}\nsee {self.picture('not-shown')}")

    def wait_for_window(self, title):
        """Until a window's title matches; the title."""
        return self.wait_until(lambda: self._titled(title), f"window {title!r}")[0]

    def wait_for_focus(self, title):
        """Until the keys go to such a window by themselves."""
        self.wait_until(lambda: re.search(title, self._active()), f"focus of window {title!r}")

    def wait_for_no_window(self, title):
        self.wait_until(lambda: not self._titled(title), f"end of window {title!r}")

    def wait_for_text(self, pattern):
        """Until text() matches; the match."""
        return self.wait_until(lambda: re.search(pattern, self.text(), re.M), f"text {pattern!r}")

    def wait_for_no_text(self, pattern):
        self.wait_until(lambda: not re.search(pattern, self.text(), re.M), f"end of text {pattern!r}")

    # What a person does

    def type(self, words):
        self._xdotool("type", "--delay", "5", words)

    def press(self, *keys):
        """Keys as xdotool has them, such as "Return" and "alt+F4", to the window that has the focus."""
        self._xdotool("key", "--delay", "20", *keys)

    def click(self, pattern, button=1):
        """The middle of the first widget whose line in text() matches."""
        self.wait_for_text(pattern)
        x, y = self._world.run(*WIDGETS, pattern).stdout.decode().split()
        self._xdotool("mousemove", x, y, "click", button)

    def focus(self, title):
        """Brings the window to the front, when there is one, for what is about to be typed."""
        self.wait_for_window(title)
        self._ask_manager(title, "_NET_ACTIVE_WINDOW")
        self.wait_for_focus(title)

    def close(self, title):
        """Asks the window to close, as its title bar does."""
        self._ask_manager(title, "_NET_CLOSE_WINDOW")

    def _ask_manager(self, title, message):
        from Xlib.protocol.event import ClientMessage

        number = next(number for number in self._windows() if re.search(title, self._title(number)))
        on_behalf_of_a_person = [2, 0, 0, 0, 0]
        self._root.send_event(ClientMessage(window=number, client_type=self._connection.get_atom(message),
                                            data=(32, on_behalf_of_a_person)), event_mask=0x180000)  # what managers read
        self._connection.flush()

    def _xdotool(self, *words):
        self._world.run("xdotool", *words)

    # X

    def _start(self, *command, stdout=None):
        process = self._world.spawn(command, log="display.log", stdout=stdout)
        self._processes.append(process)
        return process

    def _watch(self):
        """Asks for an event when windows come and go, and when any pixel changes."""
        from Xlib import X
        from Xlib.ext import damage

        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        self._connection.damage_query_version()
        self._damage = self._root.damage_create(damage.DamageReportNonEmpty)

    def _wait_until_drawn(self):
        """A program tells its words before it has drawn them: until nothing has changed for a moment."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline and self._changes_before(time.monotonic() + A_MOMENT_SECONDS):
            self._forget_changes()

    def _changes_before(self, deadline):
        # What came while other answers were read waits inside the connection, where select does not see it.
        return self._connection.pending_events() or select.select(
            [self._connection], [], [], max(0, deadline - time.monotonic()))[0]

    def _forget_changes(self):
        while self._connection.pending_events():
            self._connection.next_event()
        self._connection.damage_subtract(self._damage)
        self._connection.flush()

    def _active(self):
        number = (self._property(self._root, "_NET_ACTIVE_WINDOW") or [0])[0]
        return self._title(number) if number else ""

    def _windows(self):
        return self._property(self._root, "_NET_CLIENT_LIST") or ()

    def _titled(self, title):
        return [shown for shown in self.windows() if re.search(title, shown)]

    def _title(self, number):
        window = self._connection.create_resource_object("window", number)
        text = self._property(window, "_NET_WM_NAME") or self._property(window, "WM_NAME") or b""
        return text if isinstance(text, str) else bytes(text).decode(errors="replace")

    def _property(self, window, name):
        """Its value; None if there is none or the window has gone meanwhile."""
        from Xlib.error import XError

        try:
            found = window.get_full_property(self._connection.get_atom(name), 0)
        except XError:
            return None
        return found.value if found else None


def screen_installed():
    """Whether the programs and modules are there."""
    modules = ["/usr/bin/python3", "-c", "import gi, Xlib.display; gi.require_version('Atspi', '2.0')"]
    return all(map(shutil.which, [*PROGRAMS, ACCESSIBILITY])) and subprocess.run(
        modules, stderr=subprocess.DEVNULL, check=False).returncode == 0
