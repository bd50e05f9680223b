#include "domain/log_leaf.h"

#include <inttypes.h>

static const struct kind {
    unsigned number;
    const char *name;
    unsigned parts;
} kinds[] = {
#define LEAF(name, number, text, parts) {number, text, parts},
#include "domain/log_leaf.def"
#undef LEAF
};

static const struct kind *kind_find(unsigned number)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].number == number)
            return &kinds[i];
    }
    return NULL;
}

const char *log_leaf_kind_name(unsigned number)
{
    const struct kind *kind = kind_find(number);

    return kind != NULL ? kind->name : NULL;
}

static const struct kind *kind_named(struct text name)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (text_is(name, kinds[i].name))
            return &kinds[i];
    }
    return NULL;
}

bool log_key_parse(struct text from, struct log_key *key)
{
    struct text numbers, second;
    const struct kind *kind = kind_named(text_cut(from, ':', &numbers));

    *key = (struct log_key){0};
    if (kind == NULL || numbers.at == NULL)
        return false;
    key->kind = kind->number;
    if (!text_to_int(text_cut(numbers, '.', &second), 0, INT64_MAX, &key->subject))
        return false;
    if (kind->parts == 1)
        return second.at == NULL;
    return second.at != NULL && text_to_int(second, 1, INT32_MAX, &key->number);
}

struct text log_key_format(const struct log_key *key, char buffer[LOG_KEY_BYTES])
{
    const struct kind *kind = kind_find(key->kind);
    struct build out = build_over(buffer, LOG_KEY_BYTES);

    build_format(&out, "%s:%" PRId64, kind != NULL ? kind->name : "?", key->subject);
    if (kind == NULL || kind->parts == 2)
        build_format(&out, ".%" PRId64, key->number);
    return build_done(&out);
}
