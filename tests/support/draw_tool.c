/* tests/support/draw_tool.c: every code that the product draws, as pictures, for others' readers
 * (tests/interop/readers.mjs).
 *
 *   draw_tool FOLDER    writes pictures and sheet.pdf there; a JSON object a line:
 *                       {"file","kind","alg","level","version","scale","as","text"}
 *
 * as: "drawn"; "covered", a square of 15 % of the area painted over, at eight places; "turned" by 90
 * degrees; "mirrored", as a front camera shows it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "crypto/qr.h"
#include "print/sheet.h"
#include "support/code_maker.h"

enum { ARENA_BYTES = 16 << 20, SCALE_MIN = 2, SCALE_MAX = 16, SCALE_SERVED = 8, PLACES = 8,
       COVERED_PERCENT = 15 };

static const char *folder;
static int64_t now_s;

/* The largest index in use: list 4095, the last slot; so sizes are the largest there are. */
#define INDEX ((UINT64_C(4096) << 20) - 1)

/* -- writing ------------------------------------------------------------------------------------------ */

static void write_file(const char *name, struct text bytes)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    CHECK(file != NULL && fwrite(bytes.at, 1, bytes.bytes, file) == bytes.bytes);
    CHECK(fclose(file) == 0);
}

struct picture {
    const char *kind, *alg;
    enum qr_level level;
    struct text code;
};

static void tell(const char *file, const struct picture *p, unsigned version, unsigned scale,
                 const char *as)
{
    char line[4096];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_string(&w, "file", file);
    json_put_string(&w, "kind", p->kind);
    json_put_string(&w, "alg", p->alg);
    json_put_string(&w, "level", p->level == QR_LEVEL_Q ? "Q" : "M");
    json_put_int(&w, "version", version);
    json_put_int(&w, "scale", scale);
    json_put_string(&w, "as", as);
    json_put_text(&w, "text", p->code);
    json_close_object(&w);
    CHECK(!out.full);
    puts(line);
}

static void write_png(const struct picture *p, const struct qr *qr, unsigned scale,
                      const char *ending, const char *as, struct arena *arena)
{
    char name[96];
    struct text png;

    snprintf(name, sizeof name, "%s-%s-%s-%u%s.png", p->kind, p->alg,
             p->level == QR_LEVEL_Q ? "q" : "m", scale, ending);
    CHECK(!err_is(qr_png(qr, scale, arena, &png)));
    write_file(name, png);
    tell(name, p, qr->version, scale, as);
}

/* -- pictures ------------------------------------------------------------------------------------------ */

static void draw_every_scale(const struct picture *p)
{
    struct arena arena;
    struct qr qr;

    arena_init(&arena, ARENA_BYTES);
    CHECK(!err_is(qr_make_at(p->code, p->level, &arena, &qr)));
    for (unsigned scale = SCALE_MIN; scale <= SCALE_MAX; scale++)
        write_png(p, &qr, scale, "", "drawn", &arena);
    arena_clear(&arena);
}

/* Anywhere but over a corner's eye; the first four dark, the others light. */
static void cover(struct qr *qr, unsigned place)
{
    unsigned side = 1, x, y;

    while (side * side * 100 < qr->width * qr->width * COVERED_PERCENT)
        side++;
    x = place % 4 < 2 ? (qr->width - side) / 2 : qr->width - side - 1;
    y = place % 2 == 0 ? (qr->width - side) / 2 : qr->width - side - 1;
    for (unsigned row = y; row < y + side; row++)
        memset(qr->module + (size_t)row * qr->width + x, place < PLACES / 2, side);
}

static void draw_covered(const struct picture *p)
{
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    for (unsigned place = 0; place < PLACES; place++) {
        char ending[24];
        struct qr qr;

        CHECK(!err_is(qr_make_at(p->code, p->level, &arena, &qr)));
        cover(&qr, place);
        snprintf(ending, sizeof ending, "-covered-%u", place);
        write_png(p, &qr, SCALE_SERVED, ending, "covered", &arena);
    }
    arena_clear(&arena);
}

static void draw_otherwise(const struct picture *p)
{
    struct arena arena;
    struct qr qr, other;

    arena_init(&arena, ARENA_BYTES);
    CHECK(!err_is(qr_make_at(p->code, p->level, &arena, &qr)));
    CHECK(!err_is(qr_make_at(p->code, p->level, &arena, &other)));
    for (unsigned y = 0; y < qr.width; y++) {
        for (unsigned x = 0; x < qr.width; x++)
            other.module[x * qr.width + qr.width - 1 - y] = qr.module[y * qr.width + x];
    }
    write_png(p, &other, SCALE_SERVED, "-turned", "turned", &arena);
    for (unsigned y = 0; y < qr.width; y++) {
        for (unsigned x = 0; x < qr.width; x++)
            other.module[y * qr.width + qr.width - 1 - x] = qr.module[y * qr.width + x];
    }
    write_png(p, &other, SCALE_SERVED, "-mirrored", "mirrored", &arena);
    arena_clear(&arena);
}

static void draw_sheet(const struct picture *badge)
{
    struct sticker stickers[SHEET_STICKERS];
    struct arena arena;
    struct text pdf;

    arena_init(&arena, ARENA_BYTES);
    for (unsigned i = 0; i < SHEET_STICKERS; i++)
        stickers[i] = (struct sticker){badge->code,  TEXT("欧阳娜娜"), TEXT("钢筋工"),
                                       TEXT("5678"), TEXT("1000-1"),   TEXT("2029-11")};
    CHECK(!err_is(sheet_render(stickers, SHEET_STICKERS, "2026-11-22", &arena, &pdf)));
    write_file("sheet.pdf", pdf);
    tell("sheet.pdf", badge, 0, 0, "drawn");
    arena_clear(&arena);
}

/* -- codes ------------------------------------------------------------------------------------------------ */

static struct live_claims claims(int64_t life_s)
{
    return (struct live_claims){
        .iat = now_s, .exp = now_s + life_s, .index = INDEX, .colour = 2, .policy = UINT32_MAX};
}

static void draw_codes(struct signer *signer, struct signer *phone, const char *alg)
{
    char live_text[TOKEN_TEXT_MAX + 1], badge_text[TOKEN_TEXT_MAX + 1];
    char cred_text[TOKEN_TEXT_MAX + 1], bound_text[TOKEN_TEXT_MAX + 1];
    struct build live_out = build_over(live_text, sizeof live_text);
    struct build badge_out = build_over(badge_text, sizeof badge_text);
    struct build cred_out = build_over(cred_text, sizeof cred_text);
    struct build bound_out = build_over(bound_text, sizeof bound_text);
    struct live_claims live = claims(TOKEN_LIVE_S), badge = claims(TOKEN_BADGE_S),
                       cred = claims(TOKEN_CRED_S);
    struct cred_claims held = {.day = 46000, .colour_tomorrow = 1};
    struct picture pictures[5];

    CHECK(!err_is(token_issue_live(signer, &live, &live_out, NULL)));
    CHECK(!err_is(token_issue_badge(signer, &badge, &badge_out, NULL)));
    CHECK(ecc_point(signer_key(phone)->public_key, held.holder));
    CHECK(!err_is(token_issue_cred(signer, &cred, &held, &cred_out, NULL)));
    CHECK(!err_is(token_bind(phone, build_done(&cred_out), now_s, &bound_out)));
    pictures[0] = (struct picture){"live", alg, QR_LEVEL_M, build_done(&live_out)};
    pictures[1] = (struct picture){"live", alg, QR_LEVEL_Q, build_done(&live_out)};
    pictures[2] = (struct picture){"device-bound", alg, QR_LEVEL_M, build_done(&bound_out)};
    pictures[3] = (struct picture){"device-bound", alg, QR_LEVEL_Q, build_done(&bound_out)};
    pictures[4] = (struct picture){"badge", alg, QR_LEVEL_Q, build_done(&badge_out)};
    for (unsigned i = 0; i < 5; i++) {
        draw_every_scale(&pictures[i]);
        draw_otherwise(&pictures[i]);
        if (pictures[i].level == QR_LEVEL_Q)
            draw_covered(&pictures[i]);
    }
    if (strcmp(alg, "ES256") == 0)
        draw_sheet(&pictures[4]);
}

int main(int argc, char **argv)
{
    struct signer *server = maker_signer(TOKEN_ES256), *server_sm2 = maker_signer(TOKEN_SM2);
    struct signer *phone = maker_signer(TOKEN_ES256);

    if (argc != 2) {
        fputs("usage: draw_tool FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    now_s = (int64_t)time(NULL);
    draw_codes(server, phone, "ES256");
    draw_codes(server_sm2, phone, "SM2");
    signer_close(server);
    signer_close(server_sm2);
    signer_close(phone);
    sheet_close();
    return 0;
}
