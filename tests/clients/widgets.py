#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what the screen's widgets say, as their toolkits tell it to a screen reader (AT-SPI): widgets.py [PATTERN]

A line "ROLE: WORDS" for each widget that shows and says something; new lines in it are spaces. With PATTERN, where the
middle of the first widget is whose line it matches: "X Y".
"""
import re
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


def words(widget):
    text = widget.get_text_iface()
    inside = Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text)) if text else ""
    name = widget.get_name() or ""
    return " ".join(f"{name} {inside if inside != name else ''}".replace("\ufffc", " ").split())


def below(widget):
    """(widget, line) of all that shows; one that goes meanwhile is left out."""
    try:
        if widget.get_state_set().contains(Atspi.StateType.SHOWING) or widget.get_role() in ABOVE_WINDOWS:
            if widget.get_role() not in ABOVE_WINDOWS and (said := words(widget)):
                yield widget, f"{widget.get_role_name()}: {said}"
            for number in range(widget.get_child_count()):
                if child := widget.get_child_at_index(number):
                    yield from below(child)
    except GLib.Error:
        return


def middle(widget):
    place = Atspi.Component.get_extents(widget, Atspi.CoordType.SCREEN)
    return f"{place.x + place.width // 2} {place.y + place.height // 2}"


ABOVE_WINDOWS = (Atspi.Role.DESKTOP_FRAME, Atspi.Role.APPLICATION)
Atspi.init()
widgets = below(Atspi.get_desktop(0))
if len(sys.argv) > 1:
    print(next(middle(widget) for widget, line in widgets if re.search(sys.argv[1], line)))
else:
    print("\n".join(line for _, line in widgets))
