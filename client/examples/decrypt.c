/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decrypts standard input of up to 1 MiB to standard output, over D-Bus, with sd-bus (Debian: libsystemd-dev).
 *
 *     cc decrypt.c $(pkg-config --cflags --libs libsystemd) && ./a.out <secret.eml >entity.txt
 */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define NAME "org.cardseal.Cardseal1"
#define PATH "/org/cardseal/Cardseal1"
#define TWO_MINUTES (120 * 1000000ULL)

static int decrypt(sd_bus *bus, const void *message, size_t size, sd_bus_error *error, sd_bus_message **answer) {
    sd_bus_message *call = NULL;
    int result = sd_bus_message_new_method_call(bus, &call, NAME, PATH, NAME, "Decrypt");
    if (result >= 0) result = sd_bus_message_append_array(call, 'y', message, size);
    /* A person may be asked for the PIN, which takes longer than D-Bus callers wait by themselves. */
    if (result >= 0) result = sd_bus_message_append(call, "a{sv}", 1, "interaction", "s", "allowed");
    if (result >= 0) result = sd_bus_call(bus, call, TWO_MINUTES, error, answer);
    sd_bus_message_unref(call);
    return result;
}

int main(void) {
    static char message[1 << 20];
    const void *content = NULL;
    size_t size = fread(message, 1, sizeof message, stdin);
    sd_bus *bus = NULL;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *answer = NULL;
    int result = sd_bus_open_user(&bus);
    if (result >= 0) result = decrypt(bus, message, size, &error, &answer);
    if (result >= 0) result = sd_bus_message_read_array(answer, 'y', &content, &size);
    if (result >= 0) fwrite(content, 1, size, stdout);
    else fprintf(stderr, "%s: %s\n", error.name ? error.name : "error", error.message ? error.message : strerror(-result));
    sd_bus_error_free(&error);
    sd_bus_message_unref(answer);
    sd_bus_flush_close_unref(bus);
    return result < 0 ? 3 : 0;
}
