#include "clients/gate/gate_settings.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct setting_row rows[] = {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    {#name, KIND_##type, standard, min, max, unit, does, offsetof(struct gate_settings, name)},
#include "clients/gate/gate_settings.def"
#undef SETTING
};

const struct setting_table gate_settings_table = {
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
    .bytes = sizeof(struct gate_settings),
    .prefix = "JIANAN_GATE_",
};

static bool is_this_machine(const char *address)
{
    return strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0 ||
           strcmp(address, "localhost") == 0;
}

static bool check_folder(const char *dir, struct setting_fault *fault)
{
    struct stat about;

    if (stat(dir, &about) != 0)
        return setting_refuse(fault, ERR_FILE_UNREADABLE, "data_dir", strerror(errno));
    if (!S_ISDIR(about.st_mode) || access(dir, W_OK | X_OK) != 0)
        return setting_refuse(fault, ERR_FILE_UNREADABLE, "data_dir",
                              "must be a folder that this program may write to");
    return true;
}

bool gate_settings_check(const struct gate_settings *s, struct setting_fault *fault)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"server", s->server},
                  {"key_file", s->key_file},
                  {"signing_key", s->signing_key},
                  {"data_dir", s->data_dir}};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value[0] == '\0')
            return setting_refuse(fault, ERR_SETTING_INVALID, needed[i].name, "must be set");
    }
    if (!is_this_machine(s->listen_address) && s->scan_key_file[0] == '\0')
        return setting_refuse(fault, ERR_SETTING_INVALID, "scan_key_file",
                              "must be set when listen_address is not this machine's");
    if (s->scan_key_file[0] != '\0' &&
        !setting_check_key_file("scan_key_file", s->scan_key_file, fault))
        return false;
    if (s->trust_roots[0] != '\0' && access(s->trust_roots, R_OK) != 0)
        return setting_refuse(fault, ERR_FILE_UNREADABLE, "trust_roots", strerror(errno));
    return setting_check_key_file("key_file", s->key_file, fault) &&
           setting_check_key_file("signing_key", s->signing_key, fault) &&
           check_folder(s->data_dir, fault);
}
