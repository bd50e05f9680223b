#include "crypto/cbor.h"

#include <string.h>

/* One container on the way down to an item. */
struct level {
    uint64_t items_left;
    bool is_map;
    struct text key_before; /* encoded; the next one must sort behind it */
};

struct cbor_reader cbor_over(struct text bytes)
{
    return (struct cbor_reader){(const unsigned char *)bytes.at, bytes.bytes};
}

bool cbor_end(const struct cbor_reader *r)
{
    return r->left == 0;
}

static void step(struct cbor_reader *r, size_t bytes)
{
    r->at += bytes;
    r->left -= bytes;
}

/* An argument of 2^shift bytes that would not have fitted into the next shorter form. */
static bool long_argument(struct cbor_reader *r, unsigned shift, uint64_t *argument)
{
    static const uint64_t smallest[] = {24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32};
    size_t bytes = (size_t)1 << shift;

    if (r->left < bytes)
        return false;
    *argument = 0;
    for (size_t i = 0; i < bytes; i++)
        *argument = *argument << 8 | r->at[i];
    step(r, bytes);
    return *argument >= smallest[shift];
}

bool cbor_head(struct cbor_reader *r, enum cbor_major *major, uint64_t *argument)
{
    unsigned first, low;

    if (r->left == 0)
        return false;
    first = r->at[0];
    low = first & 31;
    *major = (enum cbor_major)(first >> 5);
    if (*major == CBOR_SIMPLE)
        return false; /* floats, booleans, null, break */
    step(r, 1);
    if (low < 24) {
        *argument = low;
        return true;
    }
    return low < 28 && long_argument(r, low - 24, argument); /* 31 would be an indefinite length */
}

static bool head_of(struct cbor_reader *r, enum cbor_major wanted, uint64_t *argument)
{
    enum cbor_major major;

    return cbor_head(r, &major, argument) && major == wanted;
}

bool cbor_uint(struct cbor_reader *r, uint64_t max, uint64_t *value)
{
    return head_of(r, CBOR_UINT, value) && *value <= max;
}

bool cbor_int(struct cbor_reader *r, int64_t *value)
{
    enum cbor_major major;
    uint64_t argument;

    if (!cbor_head(r, &major, &argument) || argument > INT64_MAX)
        return false;
    *value = major == CBOR_NEGATIVE ? -1 - (int64_t)argument : (int64_t)argument;
    return major == CBOR_UINT || major == CBOR_NEGATIVE;
}

bool cbor_key(struct cbor_reader *r, int64_t key)
{
    int64_t found;

    return cbor_int(r, &found) && found == key;
}

static bool view_of(struct cbor_reader *r, uint64_t bytes, struct text *view)
{
    if (bytes > r->left)
        return false;
    *view = (struct text){(const char *)r->at, (size_t)bytes};
    step(r, (size_t)bytes);
    return true;
}

bool cbor_bytes(struct cbor_reader *r, struct text *view)
{
    uint64_t bytes;

    return head_of(r, CBOR_BYTES, &bytes) && view_of(r, bytes, view);
}

bool cbor_array(struct cbor_reader *r, uint64_t count)
{
    uint64_t found;

    return head_of(r, CBOR_ARRAY, &found) && found == count;
}

bool cbor_map(struct cbor_reader *r, uint64_t count)
{
    uint64_t found;

    return head_of(r, CBOR_MAP, &found) && found == count;
}

bool cbor_tag(struct cbor_reader *r, uint64_t tag)
{
    uint64_t found;

    return head_of(r, CBOR_TAG, &found) && found == tag;
}

static bool sorts_behind(struct text key, struct text before)
{
    size_t common = key.bytes < before.bytes ? key.bytes : before.bytes;
    int order = common > 0 ? memcmp(key.at, before.at, common) : 0;

    return order > 0 || (order == 0 && key.bytes > before.bytes);
}

/* Two items a pair: at an even count left, a key is next. */
static bool accept_key(struct level *level, enum cbor_major major, struct text key)
{
    if (!level->is_map || level->items_left % 2 != 0)
        return true;
    if ((major != CBOR_UINT && major != CBOR_NEGATIVE) || !sorts_behind(key, level->key_before))
        return false;
    level->key_before = key;
    return true;
}

/* Steps over a string's content; opens a container; sees that nothing else needs either. */
static bool enter(struct cbor_reader *r, enum cbor_major major, uint64_t argument,
                  struct level *levels, unsigned *depth)
{
    struct text view;

    switch (major) {
    case CBOR_UINT:
    case CBOR_NEGATIVE: return true;
    case CBOR_BYTES:    return view_of(r, argument, &view);
    case CBOR_TEXT:     return view_of(r, argument, &view) && text_is_utf8(view, NULL);
    case CBOR_ARRAY:
    case CBOR_MAP:
    case CBOR_TAG:      break;
    case CBOR_SIMPLE:   return false;
    }
    if (*depth > CBOR_DEPTH_MAX || (major == CBOR_TAG ? argument != 18 : argument > r->left))
        return false;
    levels[(*depth)++] = (struct level){
        .items_left = major == CBOR_TAG ? 1 : major == CBOR_MAP ? 2 * argument : argument,
        .is_map = major == CBOR_MAP,
        .key_before = {"", 0},
    };
    return true;
}

bool cbor_item(struct cbor_reader *r, struct text *view)
{
    struct level levels[CBOR_DEPTH_MAX + 1] = {{.items_left = 1}}; /* the first holds the item */
    const unsigned char *start = r->at;
    unsigned depth = 1;
    enum cbor_major major;
    uint64_t argument;

    while (depth > 0) {
        const unsigned char *head = r->at;
        struct level *level = &levels[depth - 1];

        if (level->items_left == 0) {
            depth--;
            continue;
        }
        if (!cbor_head(r, &major, &argument) ||
            !accept_key(level, major, (struct text){(const char *)head, (size_t)(r->at - head)}))
            return false;
        level->items_left--;
        if (!enter(r, major, argument, levels, &depth))
            return false;
    }
    *view = (struct text){(const char *)start, (size_t)(r->at - start)};
    return true;
}

bool cbor_is_profile(struct text bytes)
{
    struct cbor_reader r = cbor_over(bytes);
    struct text item;

    return cbor_item(&r, &item) && cbor_end(&r);
}
