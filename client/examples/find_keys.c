/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the keys that can sign, over D-Bus, with sd-bus (Debian: libsystemd-dev).
 *
 *     cc find_keys.c $(pkg-config --cflags --libs libsystemd) && ./a.out
 */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define NAME "org.cardseal.Cardseal1"
#define PATH "/org/cardseal/Cardseal1"

/* Prints the text members of one key's a{sv}. */
static int print_key(sd_bus_message *message) {
    const char *id, *name, *text;
    int read = sd_bus_message_enter_container(message, 'r', "sa{sv}");
    if (read <= 0) return read;
    if (sd_bus_message_read(message, "s", &id) < 0) return -1;
    printf("%s\n", id);
    if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0) return -1;
    while ((read = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char *type;
        if (sd_bus_message_read(message, "s", &name) < 0) return -1;
        if (sd_bus_message_peek_type(message, NULL, &type) < 0) return -1;
        if (strcmp(type, "s") == 0) {
            if (sd_bus_message_read(message, "v", "s", &text) < 0) return -1;
            printf("  %s: %s\n", name, text);
        } else if (sd_bus_message_skip(message, "v") < 0) {
            return -1;
        }
        if (sd_bus_message_exit_container(message) < 0) return -1;
    }
    if (read < 0 || sd_bus_message_exit_container(message) < 0) return -1;
    return sd_bus_message_exit_container(message) < 0 ? -1 : 1;
}

int main(void) {
    sd_bus *bus = NULL;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *answer = NULL;
    int result = sd_bus_open_user(&bus);
    if (result >= 0)
        result = sd_bus_call_method(bus, NAME, PATH, NAME, "FindKeys", &error, &answer, "a{sv}", 1, "usage", "s",
                                    "sign");
    if (result >= 0) result = sd_bus_message_enter_container(answer, 'a', "(sa{sv})");
    while (result > 0) result = print_key(answer);
    if (result < 0) fprintf(stderr, "%s: %s\n", error.name ? error.name : "error", error.message ? error.message : strerror(-result));
    sd_bus_error_free(&error);
    sd_bus_message_unref(answer);
    sd_bus_flush_close_unref(bus);
    return result < 0 ? 3 : 0;
}
