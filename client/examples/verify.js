#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Verifies a signed message of up to 1 MiB, over D-Bus, with GJS (Debian: gjs).
//
//     verify.js FILE
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';

const NAME = 'org.cardseal.Cardseal1';
const PATH = '/org/cardseal/Cardseal1';

function verify(message) {
    const bus = Gio.bus_get_sync(Gio.BusType.SESSION, null);
    // A verification asks nobody, so that an inline call is answered in time.
    const answer = bus.call_sync(NAME, PATH, NAME, 'Verify', new GLib.Variant('(aya{sv})', [message, {}]),
        new GLib.VariantType('(aya{sv})'), Gio.DBusCallFlags.NONE, 60_000, null);
    return answer.get_child_value(1).recursiveUnpack();
}

const [, message] = GLib.file_get_contents(ARGV[0]);
try {
    const result = verify(message);
    for (const signer of result.signers)
        print(`${signer.addresses.join(', ')}: signature ${signer.signature}, chain ${signer.chain}` +
            (signer.reason ? ` (${signer.reason})` : ''));
    System.exit(result.valid ? 0 : 1);
} catch (error) {
    printerr(`${Gio.DBusError.get_remote_error(error)}: ${error.message}`);
    System.exit(3);
}
