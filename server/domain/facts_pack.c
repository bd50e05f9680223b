#include "domain/facts_pack.h"

#include <stddef.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define AS_IN_MEMORY 1
#else
#define AS_IN_MEMORY 0
#endif

enum { FACT_BYTES = 12 };

_Static_assert(offsetof(struct fact, on) == 0 && offsetof(struct fact, until) == 2 &&
                   offsetof(struct fact, kind) == 4 && offsetof(struct fact, a) == 5 &&
                   offsetof(struct fact, b) == 6 && offsetof(struct fact, c) == 7 &&
                   offsetof(struct fact, ref) == 8,
               "packed facts are struct fact as it lies in little-endian memory");

static void put_u16(unsigned char *at, uint16_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
}

static void put_u32(unsigned char *at, uint32_t value)
{
    put_u16(at, (uint16_t)value);
    put_u16(at + 2, (uint16_t)(value >> 16));
}

static uint16_t get_u16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get_u32(const unsigned char *at)
{
    return get_u16(at) | (uint32_t)get_u16(at + 2) << 16;
}

size_t facts_pack_bytes(const struct facts *facts)
{
    return FACTS_PACK_HEADER + (size_t)facts->count * FACT_BYTES;
}

size_t facts_pack(const struct facts *facts, unsigned char *at)
{
    CHECK(facts->count <= FACTS_PER_WORKER_MAX);
    at[0] = FACTS_PACK_FORMAT;
    at[1] = facts->sex;
    put_u16(at + 2, facts->count);
    put_u16(at + 4, facts->birth);
    put_u16(at + 6, facts->enrolled);
    put_u32(at + 8, facts->version);
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *f = &facts->fact[i];
        unsigned char *to = at + FACTS_PACK_HEADER + i * FACT_BYTES;

        put_u16(to, f->on);
        put_u16(to + 2, f->until);
        to[4] = f->kind;
        to[5] = f->a;
        to[6] = f->b;
        to[7] = f->c;
        put_u32(to + 8, f->ref);
    }
    return facts_pack_bytes(facts);
}

static struct fact fact_at(const unsigned char *from)
{
    return (struct fact){get_u16(from), get_u16(from + 2), from[4], from[5],
                         from[6],       from[7],           get_u32(from + 8)};
}

static const char *what_is_wrong(const unsigned char *at, size_t bytes)
{
    struct fact before = {0};

    if (bytes < FACTS_PACK_HEADER || at[0] != FACTS_PACK_FORMAT)
        return "packed facts: unknown format";
    if (at[1] > SEX_FEMALE || get_u16(at + 2) > FACTS_PER_WORKER_MAX)
        return "packed facts: header out of range";
    if (bytes != FACTS_PACK_HEADER + (size_t)get_u16(at + 2) * FACT_BYTES)
        return "packed facts: length is not what the header says";
    for (size_t i = FACTS_PACK_HEADER; i < bytes; i += FACT_BYTES) {
        struct fact f = fact_at(at + i);

        if (f.kind == 0 || f.kind >= FACT_KINDS)
            return "packed facts: unknown kind";
        if (f.kind < before.kind || (f.kind == before.kind && f.on < before.on))
            return "packed facts: not sorted";
        before = f;
    }
    return NULL;
}

struct err facts_unpack(const unsigned char *at, size_t bytes, struct arena *arena,
                        struct facts *facts)
{
    const char *wrong = what_is_wrong(at, bytes);
    const unsigned char *from = at + FACTS_PACK_HEADER;
    struct fact *copy;

    if (wrong != NULL)
        return err_detail(ERR_INTERNAL, wrong);
    *facts = (struct facts){
        .count = get_u16(at + 2),
        .birth = get_u16(at + 4),
        .enrolled = get_u16(at + 6),
        .sex = at[1],
        .version = get_u32(at + 8),
    };
    if (AS_IN_MEMORY && (uintptr_t)from % _Alignof(struct fact) == 0) {
        facts->fact = (const struct fact *)(const void *)from;
        return OK;
    }
    copy = arena_new_array(arena, (size_t)facts->count + 1, struct fact);
    if (copy == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < facts->count; i++)
        copy[i] = fact_at(from + i * FACT_BYTES);
    facts->fact = copy;
    return OK;
}
