#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Encrypts a file of up to 1 MiB to addresses whose certificates are known, over D-Bus, with GJS (Debian: gjs).
//
//     encrypt.js FILE ADDRESS... >secret.eml
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';

const NAME = 'org.cardseal.Cardseal1';
const PATH = '/org/cardseal/Cardseal1';

function encrypt(content, addresses) {
    const bus = Gio.bus_get_sync(Gio.BusType.SESSION, null);
    const options = {addresses: new GLib.Variant('as', addresses)};
    // An encryption asks nobody, so that an inline call is answered in time.
    const answer = bus.call_sync(NAME, PATH, NAME, 'Encrypt', new GLib.Variant('(aayaya{sv})', [[], content, options]),
        new GLib.VariantType('(aya{sv})'), Gio.DBusCallFlags.NONE, 60_000, null);
    return answer.get_child_value(0).get_data_as_bytes();
}

const [, content] = GLib.file_get_contents(ARGV[0]);
try {
    Gio.UnixOutputStream.new(1, false).write_bytes(encrypt(content, ARGV.slice(1)), null);
} catch (error) {
    printerr(`${Gio.DBusError.get_remote_error(error)}: ${error.message}`);
    System.exit(3);
}
