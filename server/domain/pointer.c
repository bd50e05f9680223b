#include "domain/pointer.h"

#include <string.h>

enum { KEY_BYTES_MAX = 64 };

const char *pointer_key(struct arena *arena, const char *parent, const char *key)
{
    char escaped[KEY_BYTES_MAX * 2 + 8];
    struct build b = build_over(escaped, sizeof escaped);

    for (size_t i = 0; key[i] != '\0'; i++) {
        if (i >= KEY_BYTES_MAX && ((unsigned char)key[i] & 0xC0) != 0x80)
            break; /* between two characters of UTF-8 */
        if (key[i] == '~')
            build_string(&b, "~0");
        else if (key[i] == '/')
            build_string(&b, "~1");
        else
            build_char(&b, key[i]);
    }
    return arena_format(arena, "%s/%s", parent, escaped);
}

const char *pointer_index(struct arena *arena, const char *parent, size_t index)
{
    return arena_format(arena, "%s/%zu", parent, index);
}
