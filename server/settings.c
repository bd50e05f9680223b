#include "settings.h"

#include "base/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct setting_row rows[] = {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    {#name, KIND_##type, standard, min, max, unit, does, offsetof(struct settings, name)},
#include "settings.def"
#undef SETTING
};

const struct setting_table settings_table = {
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
    .bytes = sizeof(struct settings),
    .prefix = "JIANAN_",
};

/* -- what must fit together ----------------------------------------------------------------- */

static bool check_webhooks(const struct settings *s, struct setting_fault *fault)
{
    struct network_list networks;

    if (!network_list_parse(text_of(s->webhook_networks), &networks))
        return setting_refuse(fault, ERR_SETTING_INVALID, "webhook_networks",
                              "takes at most 16 networks like 10.1.0.0/16 or fd00::/8");
    if (s->webhook_ca[0] != '\0' && access(s->webhook_ca, R_OK) != 0)
        return setting_refuse(fault, ERR_FILE_UNREADABLE, "webhook_ca", strerror(errno));
    return true;
}

/* Spaces between the paths. */
static bool check_signing_keys(const struct settings *s, struct setting_fault *fault)
{
    char path[sizeof s->signing_key];
    struct text files = text_of(s->signing_key);

    while (files.at != NULL) {
        struct text file = text_cut(files, ' ', &files);

        snprintf(path, sizeof path, "%.*s", (int)file.bytes, file.at);
        if (file.bytes > 0 && !setting_check_key_file("signing_key", path, fault))
            return false;
    }
    return true;
}

/* As browsers write it (RFC 6454 6.2): a scheme and an authority, and nothing behind. Anything else
 * would be no page's, and refuse all that comes from them. */
static bool check_origin(const struct settings *s, struct setting_fault *fault)
{
    struct text origin = text_of(s->origin), rest;
    struct text scheme = text_cut(origin, ':', &rest);

    if (origin.bytes == 0)
        return true;
    if ((text_is(scheme, "https") || text_is(scheme, "http")) && rest.at != NULL &&
        text_starts(rest, TEXT("//")) && rest.bytes > 2 &&
        memchr(rest.at + 2, '/', rest.bytes - 2) == NULL)
        return true;
    return setting_refuse(fault, ERR_SETTING_INVALID, "origin",
                          "is written like https://code.example.cn, without a path");
}

bool settings_check_serving(const struct settings *s, struct setting_fault *fault)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"database", s->database},
                  {"spool_dir", s->spool_dir},
                  {"vault_file", s->vault_file},
                  {"signing_key", s->signing_key}};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value[0] == '\0')
            return setting_refuse(fault, ERR_SETTING_INVALID, needed[i].name, "must be set");
    }
    if (s->listen_port == 0 && s->plain_port == 0)
        return setting_refuse(fault, ERR_SETTING_INVALID, "listen_port",
                              "must not be 0 while plain_port is 0 too");
    if (s->listen_port != 0 && s->tls_certificate[0] == '\0')
        return setting_refuse(fault, ERR_SETTING_INVALID, "tls_certificate",
                              "must be set, or listen_port must be 0");
    if (s->listen_port != 0 && s->tls_key[0] == '\0')
        return setting_refuse(fault, ERR_SETTING_INVALID, "tls_key",
                              "must be set, or listen_port must be 0");
    if (s->listen_port != 0 && !setting_check_key_file("tls_key", s->tls_key, fault))
        return false;
    if (!check_webhooks(s, fault) || !check_origin(s, fault))
        return false;
    return setting_check_key_file("vault_file", s->vault_file, fault) &&
           check_signing_keys(s, fault);
}
