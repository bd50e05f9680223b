/* crypto/trust_roots.c: the roots that a verifier pins, from a file. */
#include <stdio.h>

#include "crypto/trust.h"

enum { ROOTS_BYTES_MAX = 16 * 1024 };

static struct err read_whole(const char *path, char *to, size_t max, struct text *content)
{
    FILE *in = fopen(path, "rb");
    size_t bytes;
    bool good;

    if (in == NULL)
        return err_make(ERR_FILE_UNREADABLE);
    bytes = fread(to, 1, max, in);
    good = ferror(in) == 0 && bytes < max;
    (void)fclose(in); /* it was only read */
    *content = (struct text){to, bytes};
    return good ? OK : err_make(ERR_FILE_UNREADABLE);
}

/* A root signs lists of keys and nothing else; a list's key signs anything but such lists. */
static bool are_roots(const struct trust_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (list->keys[i].kinds != 1u << TOKEN_TRUST)
            return false;
    }
    return list->count > 0;
}

struct err trust_roots_open(const char *path, struct trust_list *roots)
{
    char content[ROOTS_BYTES_MAX];
    struct text json = {NULL, 0};
    struct err e = read_whole(path, content, sizeof content, &json);

    *roots = (struct trust_list){0};
    if (!err_is(e))
        e = trust_list_parse(json, roots);
    if (err_is(e) || are_roots(roots))
        return e;
    trust_list_clear(roots);
    return err_field(ERR_FIELD_RANGE, "kinds", "[6] of each: what jianan root public writes");
}
