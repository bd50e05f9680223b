/* Status lists: the draft's own examples, what a signed list says, and which lists are refused. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "crypto/cbor.h"
#include "crypto/statuslist.h"
#include "support/code_maker.h"
#include "support/hex.h"

enum { NOW = 1700000000, DAY_S = 86400, ARENA_BYTES = 8 << 20 };

static struct arena arena;
static unsigned char packed[STATUSLIST_PACKED_BYTES], again[STATUSLIST_PACKED_BYTES];

static void set_up(void)
{
    arena_init(&arena, ARENA_BYTES);
}

static void tear_down(void)
{
    arena_clear(&arena);
}

TestSuite(statuslist, .init = set_up, .fini = tear_down);

/* -- the draft's examples (sections 4.1 to 4.3, 5.2 and appendix C of version 21) --------------- */

static const struct {
    const char *lst;
    unsigned bits, count;
    unsigned char status[16];
} small[] = {
    {"78dadbb918000217015d", 1, 16, {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1}},
    {"78da3be9f2130003df0207", 2, 12, {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3}},
};

Test(statuslist, the_drafts_small_lists_are_read)
{
    unsigned char lst[64], bytes[4];
    unsigned status;

    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        size_t size = small[i].count * small[i].bits / 8;

        cr_assert(statuslist_inflate(hex_bytes(small[i].lst, lst, sizeof lst), bytes, size));
        for (unsigned n = 0; n < small[i].count; n++) {
            cr_assert(statuslist_at(bytes, size, small[i].bits, n, &status));
            cr_expect_eq(status, small[i].status[n], "list %zu, status %u", i, n);
        }
        cr_expect_not(statuslist_at(bytes, size, small[i].bits, small[i].count, &status),
                      "one past the end");
    }
}

Test(statuslist, the_drafts_small_lists_are_packed_as_it_packs_them)
{
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        unsigned char mine[4] = {0}, theirs[4], lst[64];
        size_t size = small[i].count * small[i].bits / 8;

        for (unsigned n = 0; n < small[i].count; n++)
            statuslist_put(mine, small[i].bits, n, small[i].status[n]);
        cr_assert(statuslist_inflate(hex_bytes(small[i].lst, lst, sizeof lst), theirs, size));
        cr_expect_arr_eq(mine, theirs, size);
    }
}

/* Appendix C.2: 2^20 entries of two bits. */
static const char of_two_bits[] =
    "78daeddb310d00211000412ea1a04004fe5520ed357c28c81d3312b6df68bc65480000000000406e21010000"
    "000000000000000000000000000000000000000000000000000000000040795b020000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000080f4ba0400000000000000000000000000406d"
    "764a000000000000000000000000000000000000000000e09221010000000000000000000000000000000000"
    "00fc131200000000000000000000000000000000000000000000000000000000000000c0912e010000000000"
    "00000000000000000000000000c07d4b02000000000000000000000000000000a8614a000000000000000000"
    "0000406a1fcd60010c";
static const struct {
    uint32_t index;
    unsigned status;
} in_two_bits[] = {{0, 1},      {1993, 2},   {25460, 1},  {159495, 3}, {495669, 1}, {554353, 1},
                   {645645, 2}, {723232, 1}, {854545, 1}, {934534, 2}, {1000345, 3}};

Test(statuslist, the_drafts_large_list_is_read_entry_by_entry)
{
    unsigned char lst[512];
    unsigned set = 0, status;

    cr_assert(statuslist_inflate(hex_bytes(of_two_bits, lst, sizeof lst), packed, sizeof packed));
    for (uint32_t index = 0; index < STATUSLIST_ENTRIES; index++) {
        cr_assert(statuslist_at(packed, sizeof packed, 2, index, &status));
        if (status == 0)
            continue;
        cr_assert_lt(set, sizeof in_two_bits / sizeof in_two_bits[0]);
        cr_expect_eq(index, in_two_bits[set].index);
        cr_expect_eq(status, in_two_bits[set].status);
        set++;
    }
    cr_expect_eq(set, sizeof in_two_bits / sizeof in_two_bits[0]);
}

/* Section 5.2. Its claims are in an order of their own, its key's name of two bytes unprotected. */
Test(statuslist, the_drafts_signed_list_is_read_and_its_key_is_unknown_here)
{
    static const struct trust_list nobody;
    unsigned char token[256], bytes[2];
    struct statuslist list;

    cr_assert_eq(
        statuslist_read(
            hex_bytes("d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a10442"
                      "31325850a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c69737473"
                      "2f31061a648c5bea041a8898dfea19fffe19a8c019fffda2646269747301636c73744a78dadbb9"
                      "18000217015d584093fa4d01032b18c35e2fe1101b77fd6cc9440022caa4694450c4e4e9feab4e"
                      "99d1fa6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0cbc1e2b6f57ce99c279",
                      token, sizeof token),
            &list),
        TOKEN_OK);
    cr_expect(text_is(list.claims.sub, "https://example.com/statuslists/1"));
    cr_expect_eq(list.claims.iat, 1686920170);
    cr_expect_eq(list.claims.exp, 2291720170);
    cr_expect_eq(list.claims.ttl_s, 43200);
    cr_expect_eq(list.bits, 1);
    cr_expect_eq(list.envelope.alg, TOKEN_ES256);
    cr_assert(statuslist_inflate(list.lst, bytes, sizeof bytes));
    cr_expect(bytes[0] == 0xB9 && bytes[1] == 0xA3);
    cr_expect_eq(statuslist_judge(&list, &nobody, NOW, 30), TOKEN_UNKNOWN_KEY);
}

/* -- what is signed --------------------------------------------------------------------------- */

static struct signer *new_signer(enum token_alg alg)
{
    char folder[] = "/tmp/jianan-list-XXXXXX", path[64];
    struct signer *signer;
    struct err e;

    cr_assert(mkdtemp(folder) != NULL);
    cr_assert_lt(snprintf(path, sizeof path, "%s/key", folder), (int)sizeof path);
    e = signer_create_file(path, alg);
    cr_assert(!err_is(e));
    e = signer_open_file(path, &signer);
    cr_assert(!err_is(e));
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(rmdir(folder), 0);
    return signer;
}

static struct trust_list trust_of(const struct signer *signer, struct trusted_key bent)
{
    struct trust_list trust = {0};
    struct trusted_key key = *signer_key(signer);
    struct err e;

    key.kinds = bent.kinds != 0 ? bent.kinds : 1u << TOKEN_LIST;
    key.nbf = bent.nbf;
    key.exp = bent.exp != 0 ? bent.exp : key.exp;
    key.state = bent.state != 0 ? bent.state : key.state;
    e = trust_list_add(&trust, &key);
    cr_assert(!err_is(e));
    return trust;
}

/* Some of each status, in a pattern that no shift survives. */
static void fill(void)
{
    memset(packed, 0, sizeof packed);
    for (uint32_t i = 0; i < STATUSLIST_ENTRIES; i++)
        statuslist_put(packed, 2, i, i * 2654435761u >> 30);
}

static const struct statuslist_claims claims = {
    TEXT("jianan/lists/320900/0/2023-11-15"), NOW, NOW + DAY_S, 600};

static struct text issued(struct signer *signer)
{
    struct text list;
    struct err e = statuslist_issue(signer, &claims, packed, &arena, &list);

    cr_assert(!err_is(e));
    return list;
}

static enum token_why judged(struct text bytes, const struct trust_list *trust, int64_t now_s,
                             struct statuslist *list)
{
    enum token_why why = statuslist_read(bytes, list);

    return why == TOKEN_OK ? statuslist_judge(list, trust, now_s, 30) : why;
}

Test(statuslist, what_is_issued_says_the_same_when_it_is_read)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};

    fill();
    for (unsigned i = 0; i < 2; i++) {
        struct signer *signer = new_signer(algs[i]);
        struct trust_list trust = trust_of(signer, (struct trusted_key){0});
        struct statuslist list;
        unsigned status;

        cr_expect_eq(judged(issued(signer), &trust, NOW, &list), TOKEN_OK, "alg %d", algs[i]);
        cr_expect(text_equal(list.claims.sub, claims.sub));
        cr_expect(list.claims.iat == NOW && list.claims.exp == NOW + DAY_S);
        cr_expect(list.claims.ttl_s == 600 && list.bits == 2);
        cr_assert(statuslist_inflate(list.lst, again, sizeof again));
        cr_expect_arr_eq(again, packed, sizeof packed);
        cr_expect(statuslist_at(again, sizeof again, 2, STATUSLIST_ENTRIES - 1, &status));
        cr_expect_not(statuslist_at(again, sizeof again, 2, STATUSLIST_ENTRIES, &status));
        trust_list_clear(&trust);
        signer_close(signer);
    }
}

Test(statuslist, a_list_counts_from_its_making_until_its_end_and_no_longer)
{
    static const struct {
        int64_t now_s;
        enum token_why why;
    } at[] = {{NOW - 31, TOKEN_NOT_YET},
              {NOW - 30, TOKEN_OK},
              {NOW + DAY_S + 29, TOKEN_OK},
              {NOW + DAY_S + 30, TOKEN_EXPIRED}};
    struct signer *signer = new_signer(TOKEN_ES256);
    struct trust_list trust = trust_of(signer, (struct trusted_key){0});
    struct text bytes = issued(signer);
    struct statuslist list;

    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        cr_expect_eq(judged(bytes, &trust, at[i].now_s, &list), at[i].why, "case %zu", i);
    trust_list_clear(&trust);
    signer_close(signer);
}

Test(statuslist, only_a_key_that_is_pinned_for_lists_and_in_force_counts)
{
    static const struct {
        const char *name;
        struct trusted_key bent;
        enum token_why why;
    } keys[] = {
        {"as it is", {.kinds = 1u << TOKEN_LIST}, TOKEN_OK},
        {"for live codes", {.kinds = 1u << TOKEN_LIVE}, TOKEN_KEY},
        {"removed", {.state = KEY_REMOVED}, TOKEN_KEY},
        {"retired, but not over", {.state = KEY_RETIRED}, TOKEN_OK},
        {"not begun", {.nbf = NOW + 1}, TOKEN_KEY},
        {"over", {.exp = NOW}, TOKEN_KEY},
    };
    static const struct trust_list nobody;
    struct signer *signer = new_signer(TOKEN_ES256), *other = new_signer(TOKEN_SM2);
    struct trust_list trust;
    struct text bytes = issued(signer);
    struct statuslist list;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        trust = trust_of(signer, keys[i].bent);
        cr_expect_eq(judged(bytes, &trust, NOW, &list), keys[i].why, "%s", keys[i].name);
        trust_list_clear(&trust);
    }
    cr_expect_eq(judged(bytes, &nobody, NOW, &list), TOKEN_UNKNOWN_KEY);
    trust = trust_of(other, (struct trusted_key){0});
    memcpy(trust.keys[0].kid, signer_key(signer)->kid, TOKEN_KID_BYTES);
    cr_expect_eq(judged(bytes, &trust, NOW, &list), TOKEN_KEY, "another algorithm under this kid");
    trust_list_clear(&trust);
    signer_close(signer);
    signer_close(other);
}

/* Every bit of the first and last bytes, and one in 997 between: signing covers them all alike. */
Test(statuslist, no_flipped_bit_goes_unnoticed)
{
    struct signer *signer = new_signer(TOKEN_ES256);
    struct trust_list trust = trust_of(signer, (struct trusted_key){0});
    struct text bytes;
    struct statuslist list;
    char *bent;
    size_t bits;

    memset(packed, 0x55, sizeof packed);
    bytes = issued(signer);
    bits = bytes.bytes * 8;
    bent = arena_alloc(&arena, bytes.bytes);
    cr_assert(bent != NULL);
    memcpy(bent, bytes.at, bytes.bytes);
    for (size_t bit = 0; bit < bits; bit += bit < 2400 || bit > bits - 600 ? 1 : 997) {
        bent[bit / 8] = (char)(bent[bit / 8] ^ 1 << bit % 8);
        if (statuslist_read((struct text){bent, bytes.bytes}, &list) == TOKEN_OK)
            cr_expect_neq(statuslist_judge(&list, &trust, NOW, 30), TOKEN_OK,
                          "bit %zu", bit);
        bent[bit / 8] = (char)(bent[bit / 8] ^ 1 << bit % 8);
    }
    trust_list_clear(&trust);
    signer_close(signer);
}

/* -- hostile ---------------------------------------------------------------------------------- */

/* zlib over `bytes` of one value. */
static struct text deflated(int value, size_t bytes, const char *dictionary, const char *behind)
{
    static unsigned char out[1 << 16];
    unsigned char *in = malloc(bytes);
    z_stream z = {0};

    cr_assert(in != NULL);
    memset(in, value, bytes);
    cr_assert_eq(deflateInit(&z, 9), Z_OK);
    if (dictionary != NULL)
        cr_assert_eq(deflateSetDictionary(&z, (const Bytef *)dictionary, (uInt)strlen(dictionary)),
                     Z_OK);
    z.next_in = in;
    z.avail_in = (uInt)bytes;
    z.next_out = out;
    z.avail_out = sizeof out;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    cr_assert_eq(deflateEnd(&z), Z_OK);
    free(in);
    cr_assert_lt(z.total_out + strlen(behind), sizeof out);
    memcpy(out + z.total_out, behind, strlen(behind));
    return (struct text){(const char *)out, z.total_out + strlen(behind)};
}

Test(statuslist, only_exactly_the_bytes_of_a_list_are_inflated)
{
    struct text good = deflated(0x55, sizeof packed, NULL, ""), bent = good;
    char *copy = arena_alloc(&arena, good.bytes);

    cr_expect(statuslist_inflate(good, packed, sizeof packed));
    bent.bytes--;
    cr_expect_not(statuslist_inflate(bent, packed, sizeof packed), "cut off");
    cr_assert(copy != NULL);
    memcpy(copy, good.at, good.bytes);
    copy[good.bytes - 1] = (char)(copy[good.bytes - 1] ^ 1);
    bent = (struct text){copy, good.bytes};
    cr_expect_not(statuslist_inflate(bent, packed, sizeof packed), "wrong check sum");
    cr_expect_not(statuslist_inflate((struct text){"", 0}, packed, sizeof packed), "nothing");
    cr_expect_not(statuslist_inflate(TEXT("\x1f\x8b\x08"), packed, sizeof packed), "gzip");
    cr_expect_not(statuslist_inflate(deflated(0x55, sizeof packed, NULL, "x"), packed,
                                     sizeof packed), "something behind it");
    cr_expect_not(statuslist_inflate(deflated(0x55, sizeof packed - 1, NULL, ""), packed,
                                     sizeof packed), "a byte less");
    cr_expect_not(statuslist_inflate(deflated(0x55, sizeof packed + 1, NULL, ""), packed,
                                     sizeof packed), "a byte more");
    cr_expect_not(statuslist_inflate(deflated(0x55, sizeof packed, "UUUUUUUU", ""), packed,
                                     sizeof packed), "a preset dictionary");
}

/* A thousand times what it takes: nothing is written behind the list, which ASan would see. */
Test(statuslist, a_bomb_costs_no_more_than_a_list)
{
    struct text bomb = deflated(0, 64u << 20, NULL, "");
    unsigned char *room = malloc(STATUSLIST_PACKED_BYTES);

    cr_assert(room != NULL);
    cr_expect_not(statuslist_inflate(bomb, room, STATUSLIST_PACKED_BYTES));
    free(room);
}

static const struct {
    const char *name, *claims; /* behind the map's head; 2: sub "a", 6: iat 1, 65533: the list */
} refused[] = {
    {"nothing", "a0"},
    {"no sub", "a2 06 01 19fffd a2 6462697473 02 636c7374 40"},
    {"no iat", "a2 02 6161 19fffd a2 6462697473 02 636c7374 40"},
    {"no list", "a2 02 6161 06 01"},
    {"sub twice", "a4 02 6161 02 6161 06 01 19fffd a2 6462697473 02 636c7374 40"},
    {"iat twice", "a4 02 6161 06 01 06 01 19fffd a2 6462697473 02 636c7374 40"},
    {"sub of bytes", "a3 02 4161 06 01 19fffd a2 6462697473 02 636c7374 40"},
    {"sub not UTF-8", "a3 02 61ff 06 01 19fffd a2 6462697473 02 636c7374 40"},
    {"iat negative", "a3 02 6161 06 20 19fffd a2 6462697473 02 636c7374 40"},
    {"iat a float", "a3 02 6161 06 f93c00 19fffd a2 6462697473 02 636c7374 40"},
    {"bits 0", "a3 02 6161 06 01 19fffd a2 6462697473 00 636c7374 40"},
    {"bits 3", "a3 02 6161 06 01 19fffd a2 6462697473 03 636c7374 40"},
    {"bits 16", "a3 02 6161 06 01 19fffd a2 6462697473 10 636c7374 40"},
    {"bits twice", "a3 02 6161 06 01 19fffd a3 6462697473 02 6462697473 02 636c7374 40"},
    {"no bits", "a3 02 6161 06 01 19fffd a1 636c7374 40"},
    {"no lst", "a3 02 6161 06 01 19fffd a1 6462697473 02"},
    {"lst of text", "a3 02 6161 06 01 19fffd a2 6462697473 02 636c7374 60"},
    {"something else in it", "a3 02 6161 06 01 19fffd a3 6462697473 02 636c7374 40 6178 00"},
    {"lst past the end", "a3 02 6161 06 01 19fffd a2 6462697473 02 636c7374 5a7fffffff"},
    {"a byte behind", "a3 02 6161 06 01 19fffd a2 6462697473 02 636c7374 40 00"},
    {"indefinite map", "bf 02 6161 06 01 19fffd a2 6462697473 02 636c7374 40 ff"},
    {"2^63 claims", "bb8000000000000000"},
};

static struct text assembled(struct text header, struct text payload)
{
    static char bytes[1024], signature[TOKEN_SIGNATURE_BYTES];
    struct build out = build_over(bytes, sizeof bytes);

    cose_write(&(struct cose_sign1){header, TEXT("\xA0"), payload,
                                    {signature, sizeof signature}}, &out);
    return build_done(&out);
}

static struct text good_header(void)
{
    static unsigned char space[64];

    return hex_bytes("a2 01 26 10 781a6170706c69636174696f6e2f7374617475736c6973742b637774", space,
                     sizeof space);
}

static struct text claims_of(const char *hex)
{
    static unsigned char space[256];

    return hex_bytes(hex, space, sizeof space);
}

#define GOOD_CLAIMS "a3 02 6161 06 01 19fffd a2 6462697473 02 636c7374 40"

Test(statuslist, of_all_claims_only_the_drafts_are_accepted)
{
    struct statuslist list;

    cr_expect_eq(statuslist_read(assembled(good_header(), claims_of(GOOD_CLAIMS)), &list),
                 TOKEN_OK);
    cr_expect_eq(statuslist_read(assembled(good_header(),
                                           claims_of("a4 02 6161 06 01 0a 4161 19fffd a2 636c7374 "
                                                     "40 6462697473 08")), &list),
                 TOKEN_OK, "a claim of others, and lst first");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        cr_expect_eq(statuslist_read(assembled(good_header(), claims_of(refused[i].claims)), &list),
                     TOKEN_FORMAT, "%s", refused[i].name);
}

Test(statuslist, of_all_headers_only_the_drafts_are_accepted)
{
    static const char *const headers[] = {
        "a1 01 26", /* no type */
        "a2 01 26 10 00",
        "a2 01 26 10 6f6170706c69636174696f6e2f637774", /* application/cwt */
        "a2 01 27 10 781a6170706c69636174696f6e2f7374617475736c6973742b637774", /* EdDSA */
        "a1 10 781a6170706c69636174696f6e2f7374617475736c6973742b637774", /* no algorithm */
        "a0",
    };
    unsigned char space[64];
    struct statuslist list;

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        cr_expect_eq(statuslist_read(assembled(hex_bytes(headers[i], space, sizeof space),
                                               claims_of(GOOD_CLAIMS)), &list),
                     TOKEN_FORMAT, "header %zu", i);
}
