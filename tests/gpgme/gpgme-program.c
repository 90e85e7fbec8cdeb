// SPDX-License-Identifier: LGPL-2.1-or-later
// A program as any other that uses GPGME: one operation, in one thread or in several at once.
//
//   gpgme-program [-t THREADS] [-n TIMES] [-k] [-a] [-c COUNT] OPERATION ARGUMENT...
//       count [PATTERN]                     how many keys and certificates
//       list|list-secret [PATTERN]          fingerprint, validity, what it can and why not, names
//       sign|sign-opaque KEY INPUT OUTPUT   KEY "-": GPGME's default
//       encrypt KEY[,KEY...] INPUT OUTPUT
//       decrypt INPUT OUTPUT
//       verify SIGNATURE CONTENT            detached
//       verify-opaque INPUT OUTPUT
//       export PATTERN OUTPUT
//       import INPUT
//       delete KEY
//   -k: one context, and one look at the signer's key, for all times. -a: armor. -c:
//   gpgme_set_include_certs. Prints one line of what GPGME says, or
//   "error: SOURCE: TEXT" and exits with 1. With several threads every one must come to the same, or it exits with 3.
#include <gpgme.h>
#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most_threads = 16, most_keys = 8, report_size = 4096 };

struct run {
    char** words;
    int number, armor, certificates, keep, times, status;
    gpgme_key_t key;  ///< kept
    char report[report_size];
};

static void say(struct run* run, const char* format, ...) {
    const size_t used = strlen(run->report);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->report + used, report_size - used, format, arguments);
    va_end(arguments);
}

static gpgme_error_t open_data(gpgme_data_t* data, const char* path) { return gpgme_data_new_from_file(data, path, 1); }

/// Thread 1 writes PATH.1; thread 0, or the only one, PATH.
static gpgme_error_t save(const struct run* run, gpgme_data_t data, const char* name) {
    size_t size = 0;
    char path[4096];
    snprintf(path, sizeof path, run->number ? "%s.%d" : "%s", name, run->number);
    char* bytes = gpgme_data_release_and_get_mem(data, &size);
    FILE* file = fopen(path, "wb");
    const int written = file && fwrite(bytes, 1, size, file) == size;
    if (file) fclose(file);
    gpgme_free(bytes);
    return written ? 0 : gpgme_error(GPG_ERR_EIO);
}

static gpgme_error_t list(struct run* run, gpgme_ctx_t context, int secret) {
    gpgme_key_t key;
    gpgme_set_keylist_mode(context, GPGME_KEYLIST_MODE_LOCAL | GPGME_KEYLIST_MODE_VALIDATE);
    gpgme_error_t error = gpgme_op_keylist_start(context, run->words[1], secret);
    while (!error && !(error = gpgme_op_keylist_next(context, &key))) {
        say(run, "%s validity=%d secret=%d sign=%d encrypt=%d", key->fpr, key->uids->validity, key->secret,
            key->can_sign, key->can_encrypt);
        say(run, " expired=%d revoked=%d invalid=%d", key->expired, key->revoked, key->invalid);
        for (gpgme_user_id_t name = key->uids; name; name = name->next) say(run, " [%s]", name->uid);
        say(run, "\n");
        gpgme_key_unref(key);
    }
    return gpgme_err_code(error) == GPG_ERR_EOF ? gpgme_op_keylist_end(context) : error;
}

static gpgme_error_t count(struct run* run, gpgme_ctx_t context) {
    gpgme_key_t key;
    int number = 0;
    gpgme_error_t error = gpgme_op_keylist_start(context, run->words[1], 0);
    for (; !error && !(error = gpgme_op_keylist_next(context, &key)); ++number) gpgme_key_unref(key);
    say(run, "%d\n", number);
    return gpgme_err_code(error) == GPG_ERR_EOF ? gpgme_op_keylist_end(context) : error;
}

static gpgme_error_t sign(struct run* run, gpgme_ctx_t context, gpgme_sig_mode_t mode) {
    gpgme_data_t input, output;
    gpgme_error_t error = 0;
    gpgme_signers_clear(context);
    if (strcmp(run->words[1], "-") != 0 && !run->key) error = gpgme_get_key(context, run->words[1], &run->key, 1);
    if (!error && run->key) error = gpgme_signers_add(context, run->key);
    if (error || (error = open_data(&input, run->words[2])) || (error = gpgme_data_new(&output))) return error;
    error = gpgme_op_sign(context, input, output, mode);
    gpgme_data_release(input);
    if (error) return gpgme_data_release(output), error;
    const gpgme_new_signature_t made = gpgme_op_sign_result(context)->signatures;
    say(run, "signed %s hash=%s type=%d\n", made->fpr, gpgme_hash_algo_name(made->hash_algo), made->type);
    return save(run, output, run->words[3]);
}

static gpgme_error_t encrypt(struct run* run, gpgme_ctx_t context) {
    gpgme_key_t keys[most_keys + 1] = {NULL};
    gpgme_data_t input, output;
    gpgme_error_t error = 0;
    char *rest = NULL, *names = strdup(run->words[1]);
    int count = 0;
    for (char* name = strtok_r(names, ",", &rest); name && !error && count < most_keys;
         name = strtok_r(NULL, ",", &rest), ++count)
        error = gpgme_get_key(context, name, &keys[count], 0);
    free(names);
    if (!error && !(error = open_data(&input, run->words[2])) && !(error = gpgme_data_new(&output))) {
        error = gpgme_op_encrypt(context, keys, GPGME_ENCRYPT_NO_ENCRYPT_TO, input, output);
        gpgme_data_release(input);
        if (error)
            gpgme_data_release(output);
        else
            error = save(run, output, run->words[3]);
    }
    const gpgme_encrypt_result_t result = gpgme_op_encrypt_result(context);
    for (gpgme_invalid_key_t bad = result ? result->invalid_recipients : NULL; bad; bad = bad->next)
        say(run, "invalid recipient %s: %s\n", bad->fpr, gpgme_strerror(bad->reason));
    if (!error) say(run, "encrypted\n");
    for (int i = 0; i < count; ++i) gpgme_key_unref(keys[i]);
    return error;
}

static gpgme_error_t decrypt(struct run* run, gpgme_ctx_t context) {
    gpgme_data_t input, output;
    gpgme_error_t error = open_data(&input, run->words[1]);
    if (error || (error = gpgme_data_new(&output))) return error;
    error = gpgme_op_decrypt(context, input, output);
    gpgme_data_release(input);
    const gpgme_decrypt_result_t result = gpgme_op_decrypt_result(context);
    for (gpgme_recipient_t one = result ? result->recipients : NULL; one; one = one->next)
        say(run, "recipient %s: %s\n", one->keyid, gpgme_strerror(one->status));
    if (error) return gpgme_data_release(output), error;
    say(run, "decrypted\n");
    return save(run, output, run->words[2]);
}

static gpgme_error_t verify(struct run* run, gpgme_ctx_t context, int detached) {
    gpgme_data_t signature, content = NULL, output = NULL;
    gpgme_error_t error = open_data(&signature, run->words[1]);
    if (!error) error = detached ? open_data(&content, run->words[2]) : gpgme_data_new(&output);
    if (error) return error;
    error = gpgme_op_verify(context, signature, content, output);
    gpgme_data_release(signature);
    if (content) gpgme_data_release(content);
    if (error) return output ? gpgme_data_release(output) : (void)0, error;
    for (gpgme_signature_t one = gpgme_op_verify_result(context)->signatures; one; one = one->next)
        say(run, "signature %s: %s, summary=%#x validity=%d\n", one->fpr ? one->fpr : "-", gpgme_strerror(one->status),
            one->summary, one->validity);
    return output ? save(run, output, run->words[2]) : 0;
}

static gpgme_error_t export(struct run* run, gpgme_ctx_t context) {
    gpgme_data_t output;
    gpgme_error_t error = gpgme_data_new(&output);
    if (error) return error;
    if ((error = gpgme_op_export(context, run->words[1], 0, output))) return gpgme_data_release(output), error;
    return save(run, output, run->words[2]);
}

static gpgme_error_t import(struct run* run, gpgme_ctx_t context) {
    gpgme_data_t input;
    gpgme_error_t error = open_data(&input, run->words[1]);
    if (error) return error;
    error = gpgme_op_import(context, input);
    gpgme_data_release(input);
    if (!error) say(run, "imported %d\n", gpgme_op_import_result(context)->imported);
    return error;
}

static gpgme_error_t delete (struct run* run, gpgme_ctx_t context) {
    gpgme_key_t key;
    gpgme_error_t error = gpgme_get_key(context, run->words[1], &key, 0);
    if (error) return error;
    error = gpgme_op_delete(context, key, 0);
    gpgme_key_unref(key);
    if (!error) say(run, "deleted\n");
    return error;
}

static gpgme_error_t operate(struct run* run, gpgme_ctx_t context) {
    const char* operation = run->words[0];
    if (!strcmp(operation, "count")) return count(run, context);
    if (!strcmp(operation, "list")) return list(run, context, 0);
    if (!strcmp(operation, "list-secret")) return list(run, context, 1);
    if (!strcmp(operation, "sign")) return sign(run, context, GPGME_SIG_MODE_DETACH);
    if (!strcmp(operation, "sign-opaque")) return sign(run, context, GPGME_SIG_MODE_NORMAL);
    if (!strcmp(operation, "encrypt")) return encrypt(run, context);
    if (!strcmp(operation, "decrypt")) return decrypt(run, context);
    if (!strcmp(operation, "verify")) return verify(run, context, 1);
    if (!strcmp(operation, "verify-opaque")) return verify(run, context, 0);
    if (!strcmp(operation, "export")) return export(run, context);
    if (!strcmp(operation, "import")) return import(run, context);
    if (!strcmp(operation, "delete")) return delete (run, context);
    return gpgme_error(GPG_ERR_INV_ARG);
}

static gpgme_error_t open_context(const struct run* run, gpgme_ctx_t* context) {
    gpgme_error_t error = gpgme_new(context);
    if (!error) error = gpgme_set_protocol(*context, GPGME_PROTOCOL_CMS);
    if (!error) gpgme_set_armor(*context, run->armor);
    if (!error) gpgme_set_include_certs(*context, run->certificates);
    return error;
}

static void close_context(struct run* run, gpgme_ctx_t* context) {
    if (run->key) gpgme_key_unref(run->key);
    run->key = NULL;
    gpgme_release(*context);
    *context = NULL;
}

static void* work(void* argument) {
    struct run* run = argument;
    gpgme_ctx_t context = NULL;
    for (int i = 0; i < run->times && !run->status; ++i) {
        run->report[0] = 0;
        gpgme_error_t error = context ? 0 : open_context(run, &context);
        if (!error) error = operate(run, context);
        if (error) say(run, "error: %s: %s\n", gpgme_strsource(error), gpgme_strerror(error));
        run->status = error ? 1 : 0;
        if (!run->keep) close_context(run, &context);
    }
    close_context(run, &context);
    return NULL;
}

int main(int argument_count, char** arguments) {
    static struct run runs[most_threads];
    pthread_t threads[most_threads];
    int count = 1, armor = 0, keep = 0, times = 1, certificates = GPGME_INCLUDE_CERTS_DEFAULT;
    for (int option; (option = getopt(argument_count, arguments, "+t:n:kac:")) != -1;) {
        if (option == 't') count = atoi(optarg);
        if (option == 'n') times = atoi(optarg);
        if (option == 'k') keep = 1;
        if (option == 'a') armor = 1;
        if (option == 'c') certificates = atoi(optarg);
    }
    if (optind >= argument_count || count < 1 || count > most_threads) return 2;
    setlocale(LC_ALL, "");
    gpgme_check_version(NULL);
    gpgme_set_locale(NULL, LC_CTYPE, setlocale(LC_CTYPE, NULL));
    for (int i = 0; i < count; ++i) {
        runs[i] = (struct run){.number = i,
                               .words = arguments + optind,
                               .armor = armor,
                               .certificates = certificates,
                               .keep = keep,
                               .times = times};
        pthread_create(&threads[i], NULL, work, &runs[i]);
    }
    for (int i = 0; i < count; ++i) pthread_join(threads[i], NULL);
    for (int i = 1; i < count; ++i)
        if (strcmp(runs[i].report, runs[0].report) != 0) return printf("%s%s", runs[0].report, runs[i].report), 3;
    fputs(runs[0].report, stdout);
    return runs[0].status;
}
