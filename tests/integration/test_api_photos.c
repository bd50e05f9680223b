/* Photos over HTTP: who posts and sees them, which gates get them, and where they are gone. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/roster.h"
#include "crypto/seal.h"
#include "support/city.h"
#include "support/pg_fixture.h"
#include "support/photo_maker.h"

enum { ROOM = 60 * 1024 };

static struct server server;
static struct city city;
static const struct cast *cast = &city.cast;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(photos, .init = set_up, .fini = tear_down, .timeout = 240);

struct photo {
    char bytes[ROOM], hex[33];
    size_t count;
};

static void make(struct photo *photo, const char *tells)
{
    struct build out = build_over(photo->bytes, sizeof photo->bytes);

    photo_make(160, 200, tells, 0, &out);
    photo->count = build_done(&out).bytes;
    photo_hex(build_done(&out), photo->hex);
}

static struct http_reply post(long long worker, const char *key, const struct photo *photo,
                              const char *idempotency)
{
    return client_ask(&server.client,
                      &(struct http_question){.method = "POST",
                                              .path = say("/v1/workers/%lld/photo", worker),
                                              .key = key,
                                              .body = photo->bytes,
                                              .body_bytes = photo->count,
                                              .media_type = "image/jpeg",
                                              .idempotency = idempotency});
}

static void must_post(long long worker, const char *key, const struct photo *photo)
{
    struct http_reply reply = post(worker, key, photo, NULL);

    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
}

static struct http_reply get(const char *path, const char *key)
{
    return server_ask(&server, "GET", path, key, NULL);
}

static void expect_status(struct http_reply reply, int status, const char *about)
{
    cr_expect_eq(reply.status, status, "%s: %s", about, reply.body);
    reply_clear(&reply);
}

static void expect_photo(struct http_reply reply, const struct photo *photo, const char *about)
{
    cr_expect_eq(reply.status, 200, "%s: %s", about, reply.body);
    cr_expect(reply.body_bytes == photo->count &&
                  memcmp(reply.body, photo->bytes, photo->count) == 0,
              "%s: another picture", about);
    if (reply.status == 200) {
        cr_expect_str_eq(reply_header(&reply, "Content-Type"), "image/jpeg");
        cr_expect_str_eq(reply_header(&reply, "Cache-Control"), "no-store");
    }
    reply_clear(&reply);
}

static const char *photo_path(void)
{
    return say("/v1/workers/%lld/photo", city.own.id);
}

/* What a check answers of his photo: hexadecimal, "" for none; once it is `expected`, or after 3 s. */
static const char *told_at_gate(const char *key, const char *expected)
{
    static char told[64];
    static int seq;

    for (int i = 0; i < 60; i++) {
        struct http_reply reply = server_must(
            &server, "POST", "/v1/gate/check", key,
            say("{\"worker_no\":\"%lld\",\"direction\":\"out\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}",
                city.own.id, city_now(), ++seq));

        snprintf(told, sizeof told, "%s", reply_text(&reply, "photo"));
        reply_clear(&reply);
        if (strcmp(told, expected) == 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return told;
}

static void in_roster(unsigned char photo[ROSTER_PHOTO_BYTES])
{
    struct http_reply reply = get("/v1/gate/roster", cast->gate_account.key);
    struct roster_row row = {0};
    struct roster roster;

    cr_assert(roster_read((struct text){reply.body, reply.body_bytes}, &roster));
    cr_assert(roster_find(&roster,
                          (uint64_t)fixture_query_int(say("SELECT index FROM slot WHERE worker_id ="
                                                          " %lld AND badge IS NULL", city.own.id)),
                          &row));
    memcpy(photo, row.photo, sizeof row.photo);
    reply_clear(&reply);
}

Test(photos, a_guard_is_shown_whose_code_it_is)
{
    static struct photo photo;
    unsigned char named[ROSTER_PHOTO_BYTES], expected[ROSTER_PHOTO_BYTES];

    make(&photo, "first");
    cr_expect_str_eq(told_at_gate(cast->gate_account.key, ""), "");
    must_post(city.own.id, cast->contractor.key, &photo);
    cr_expect_str_eq(told_at_gate(cast->gate_account.key, photo.hex), photo.hex);
    in_roster(named);
    cr_assert(hex_parse(text_of(photo.hex), expected, sizeof expected));
    cr_expect_eq(memcmp(named, expected, sizeof named), 0, "the roster names another photo");
    expect_photo(get(say("/v1/gate/photos/%s", photo.hex), cast->gate_account.key), &photo, "gate");
}

Test(photos, another_sites_gate_gets_none_of_them)
{
    static struct photo photo;

    make(&photo, "first");
    must_post(city.own.id, cast->contractor.key, &photo);
    expect_status(get(say("/v1/gate/photos/%s", photo.hex), city.neighbour_gate_account.key), 404,
                  "the neighbour's gate");
    expect_status(get(say("/v1/gate/photos/%s", photo.hex), cast->other_gate_account.key), 404,
                  "a gate far away");
    expect_status(get("/v1/gate/photos/00000000000000000000000000000000", cast->gate_account.key),
                  404, "no photo");
    expect_status(get("/v1/gate/photos/x", cast->gate_account.key), 404, "no hash");
    expect_status(get(say("/v1/gate/photos/%s", photo.hex), cast->contractor.key), 403, "no gate");
}

Test(photos, who_may_see_the_person_may_see_the_photo_and_it_is_written_down)
{
    static struct photo photo;

    make(&photo, "first");
    expect_status(get(photo_path(), cast->contractor.key), 404, "none yet");
    must_post(city.own.id, cast->contractor.key, &photo);
    expect_photo(get(photo_path(), cast->contractor.key), &photo, "contractor");
    expect_photo(get(photo_path(), cast->safety_officer.key), &photo, "safety officer");
    expect_photo(get(photo_path(), city.own.key), &photo, "himself");
    expect_photo(get(say("/v1/gate/photos/%s", photo.hex), cast->gate_account.key), &photo, "gate");
    expect_status(get(photo_path(), city.neighbour.key), 404, "another contractor");
    expect_status(get(photo_path(), cast->clinic.key), 403, "a clinic");
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'photo.open'"
                                       " AND worker_id = %lld", city.own.id)), 2);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'gate.photo'"
                                       " AND worker_id = %lld", city.own.id)), 1);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'photo.post'"
                                       " AND worker_id = %lld", city.own.id)), 1);
}

Test(photos, only_who_engages_him_posts_one_and_never_he_himself)
{
    static struct photo photo;

    make(&photo, "a borrower's face");
    expect_status(post(city.own.id, city.own.key, &photo, NULL), 403, "himself");
    expect_status(post(city.own.id, city.neighbour.key, &photo, NULL), 404, "another contractor");
    expect_status(post(city.own.id, cast->safety_officer.key, &photo, NULL), 403, "safety officer");
    expect_status(post(city.own.id, cast->gate_account.key, &photo, NULL), 403, "gate");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person_photo"), 0);
}

Test(photos, a_new_one_takes_its_place_and_the_one_before_is_kept)
{
    static struct photo first, second;

    make(&first, "first");
    make(&second, "second");
    must_post(city.own.id, cast->contractor.key, &first);
    must_post(city.own.id, cast->contractor.key, &second);
    cr_expect_str_eq(told_at_gate(cast->gate_account.key, second.hex), second.hex);
    expect_photo(get(photo_path(), cast->contractor.key), &second, "the second");
    expect_photo(get(say("/v1/gate/photos/%s", second.hex), cast->gate_account.key), &second, "gate");
    expect_status(get(say("/v1/gate/photos/%s", first.hex), cast->gate_account.key), 404,
                  "one that was replaced");
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM person_photo WHERE worker_id = %lld",
                                       city.own.id)), 2);
}

Test(photos, sent_twice_under_one_key_it_is_kept_once)
{
    static struct photo photo;

    make(&photo, "first");
    expect_status(post(city.own.id, cast->contractor.key, &photo, "once"), 201, "first");
    expect_status(post(city.own.id, cast->contractor.key, &photo, "once"), 201, "again");
    make(&photo, "second");
    expect_status(post(city.own.id, cast->contractor.key, &photo, "once"), 422, "another");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person_photo"), 1);
}

Test(photos, what_is_no_photo_is_refused_with_what_would_be_one)
{
    static struct photo photo;
    struct http_reply reply;
    struct build out = build_over(photo.bytes, sizeof photo.bytes);

    photo_make(160, 200, "large", 51 * 1024, &out);
    photo.count = build_done(&out).bytes;
    expect_status(post(city.own.id, cast->contractor.key, &photo, NULL), 413, "51 KB");
    make(&photo, "first");
    photo.count -= 10;
    reply = post(city.own.id, cast->contractor.key, &photo, NULL);
    cr_expect_str_eq(reply_text(&reply, "code"), "photo_invalid", "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, "breaks off"), "%s", reply.body);
    expect_status(reply, 400, "half of it");
    expect_status(client_ask(&server.client,
                             &(struct http_question){.method = "POST", .path = photo_path(),
                                                     .key = cast->contractor.key, .body = "{}"}),
                  415, "JSON");
}

static bool rests_readable(const struct photo *photo)
{
    char hex[65];

    hex_format(photo->bytes, 32, hex); /* the start, with what is told in it */
    return fixture_query_int(say("SELECT count(*) FROM person_photo WHERE position('\\x%s'::bytea"
                                 " IN sealed) > 0", hex)) > 0;
}

Test(photos, it_rests_sealed_and_goes_when_the_person_is_erased)
{
    static struct photo photo;
    struct http_reply reply;

    make(&photo, "an erased face");
    must_post(city.own.id, cast->contractor.key, &photo);
    cr_expect_not(rests_readable(&photo));
    reply = server_must(&server, "POST", "/v1/engagements", cast->contractor.key,
                        say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}",
                            city.own.id, cast->site));
    reply_clear(&reply);
    expect_status(get(say("/v1/gate/photos/%s", photo.hex), cast->gate_account.key), 404,
                  "who has left the site");
    reply = server_must(&server, "DELETE", say("/v1/workers/%lld", city.own.id), city.own.key, NULL);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person_photo"), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person WHERE photo IS NOT NULL"), 0);
    expect_status(get(photo_path(), cast->regulator.key), 404, "an erased person's");
    cr_expect_str_eq(told_at_gate(cast->gate_account.key, ""), "");
}
