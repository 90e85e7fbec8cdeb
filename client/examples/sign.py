#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signs standard input with the key of an address, over D-Bus, with GObject introspection (Debian: python3-gi).
Ctrl-C cancels the job.

    sign.py ADDRESS <entity.txt >signed.eml
"""
import signal
import sys

from gi.repository import Gio, GLib

NAME, PATH, JOB = "org.cardseal.Cardseal1", "/org/cardseal/Cardseal1", "org.cardseal.Cardseal1.Job"


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    loop = GLib.MainLoop()
    outcome = {}

    def progressed(_bus, _sender, _path, _interface, _signal, parameters):
        print(f"{parameters.unpack()[0]} bytes read", file=sys.stderr)

    def finished(_bus, _sender, _path, _interface, _signal, parameters):
        outcome["error"], outcome["message"], outcome["result"] = parameters.unpack()
        loop.quit()

    # The job's path is known before the call, so that no signal is missed.
    caller = bus.get_unique_name()[1:].replace(".", "_")
    job = f"{PATH}/job/{caller}/example"
    bus.signal_subscribe(NAME, JOB, "Progress", job, None, Gio.DBusSignalFlags.NONE, progressed)
    bus.signal_subscribe(NAME, JOB, "Finished", job, None, Gio.DBusSignalFlags.NONE, finished)

    def cancel():
        bus.call(NAME, job, JOB, "Cancel", None, None, Gio.DBusCallFlags.NONE, -1, None, None)
        return GLib.SOURCE_CONTINUE

    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, cancel)
    files = Gio.UnixFDList.new_from_array([])
    arguments = GLib.Variant("(ashha{sv})", ([sys.argv[1]], files.append(0), files.append(1),
                                             {"handle_token": GLib.Variant("s", "example")}))
    bus.call_with_unix_fd_list_sync(NAME, PATH, NAME, "StartSign", arguments, GLib.VariantType("(o)"),
                                    Gio.DBusCallFlags.NONE, -1, files, None)
    loop.run()
    if outcome["error"]:
        sys.exit(f"{outcome['error']}: {outcome['message']}")
    print(f"{outcome['result']['bytes_out']} bytes written", file=sys.stderr)


if __name__ == "__main__":
    main()
