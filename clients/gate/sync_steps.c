/* clients/gate/sync_steps.c: what a round of the sync asks for, checks and keeps, thing by thing. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "clients/gate/sync_private.h"
#include "crypto/ecc.h"
#include "crypto/seal.h"
#include "scoring/day.h"

enum { HOURS_PER_DAY = 24, DAYS_AHEAD_MAX = 7, PATH_BYTES = 128 };

static int64_t now_s(const struct sync *sync)
{
    return sync_clock(sync) / US_PER_SECOND;
}

/* -- site and clock -------------------------------------------------------------------------------- */

static void measure(struct sync *sync, const struct answer *answer, struct gate_clocks answered)
{
    struct gate_clocks asked = answered;
    struct sync_news news = {.measured = true};

    asked.mono_us -= answer->round_us;
    gate_time_measure(&sync->time, sync->place.now, asked, answered);
    if (err_is(book_keep_time(&sync->book, &sync->time)))
        log_event(LOG_ERROR, 0, "clock_not_kept");
    news.time = sync->time;
    sync_post(sync, &news);
}

enum stepped sync_site(struct sync *sync)
{
    struct gate_clocks answered;
    enum stepped end;
    struct answer answer;

    client_ask(sync->client,
               &(struct question){.path = "/v1/gate/site", .key = sync->parts.key}, &answer);
    answered = gate_clocks_now();
    end = sync_ended(sync, sync_judge_answer(sync, &answer));
    if (end == STEPPED_WELL) {
        sync->has_place = !err_is(
            place_read((struct text){answer.body, answer.body_bytes}, &sync->place));
        if (!sync->has_place)
            end = sync_ill(sync, "what the server says of this site cannot be read");
    }
    if (end == STEPPED_WELL) {
        measure(sync, &answer, answered);
        end = sync_keep(sync, KEPT_SITE, &answer);
    }
    answer_clear(&answer);
    return end;
}

/* -- this gate's own key --------------------------------------------------------------------------- */

/* {"alg","x","y"}, and its id as text. */
static bool write_key(const struct trusted_key *key, char kid[2 * TOKEN_KID_BYTES + 1],
                      struct build *out)
{
    char x[2 * ECC_COORDINATE_BYTES + 1], y[2 * ECC_COORDINATE_BYTES + 1];
    const struct ecc_alg *alg = ecc_alg_find(key->alg);
    unsigned char point[ECC_POINT_BYTES];
    struct json_writer w = json_writer_over(out);

    if (alg == NULL || !ecc_point(key->public_key, point))
        return false;
    hex_format(key->kid, TOKEN_KID_BYTES, kid);
    hex_format(point, ECC_COORDINATE_BYTES, x);
    hex_format(point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES, y);
    json_open_object(&w, NULL);
    json_put_string(&w, "alg", alg->name);
    json_put_string(&w, "x", x);
    json_put_string(&w, "y", y);
    json_close_object(&w);
    return !out->full;
}

static enum stepped keep_key(struct sync *sync, const char *kid, const struct answer *answer)
{
    struct kept_thing thing = {.fetched_at = sync_clock(sync), .body = text_of(kid)};

    if (answer->end == ANSWER_CAME && answer->status == 409)
        return sync_ill(sync, "the server has another key of this gate; its operator must "
                              "register the new one");
    if (!answer_is_good(answer))
        return sync_ended(sync, sync_judge_answer(sync, answer));
    return err_is(kept_put(&sync->kept, KEPT_KEY, &thing)) ? sync_ill(sync, "the disk")
                                                           : STEPPED_WELL;
}

/* The public half of what signs the receipts; given once, and again after the key has changed. */
enum stepped sync_key(struct sync *sync)
{
    char body[512], kid[2 * TOKEN_KID_BYTES + 1], idempotency[32];
    struct build out = build_over(body, sizeof body);
    struct kept_thing kept;
    struct answer answer;
    enum stepped end;

    if (!write_key(signer_key(sync->parts.signer), kid, &out))
        return sync_ill(sync, "this gate's own key cannot be read");
    if (kept_find(&sync->kept, KEPT_KEY, &sync->arena, &kept) && text_is(kept.body, kid))
        return STEPPED_WELL;
    snprintf(idempotency, sizeof idempotency, "gate-key-%s", kid);
    client_ask(sync->client,
               &(struct question){.method = "POST",
                                  .path = "/v1/gate/key",
                                  .key = sync->parts.key,
                                  .body = body,
                                  .body_bytes = out.bytes,
                                  .idempotency = idempotency},
               &answer);
    end = keep_key(sync, kid, &answer);
    answer_clear(&answer);
    return end;
}

/* -- keys of codes --------------------------------------------------------------------------------- */

static const char *roots_file(const struct sync *sync)
{
    const char *file = sync->parts.settings->trust_roots;

    return file[0] != '\0' ? file : NULL;
}

static const char *judge_trust(const struct sync *sync, struct text bytes, struct trust_list *list)
{
    return known_trust_read(bytes, roots_file(sync), now_s(sync), sync->parts.settings->skew_s,
                            list);
}

static void take_trust(struct sync *sync, const struct trust_list *list)
{
    if (sync->has_trust)
        trust_list_clear(&sync->trust);
    sync->trust = *list;
    sync->has_trust = true;
}

/* The list as it is kept, judged anew each round, because roots change and lists end. One that does not
 * count any more is dropped, so that its etag keeps no other from coming. */
static void read_kept_trust(struct sync *sync)
{
    struct kept_thing kept;
    struct trust_list list;

    if (sync->has_trust && roots_file(sync) == NULL)
        return;
    if (!kept_find(&sync->kept, KEPT_TRUST, &sync->arena, &kept))
        return;
    if (judge_trust(sync, kept.body, &list) == NULL) {
        take_trust(sync, &list);
    } else if (err_is(kept_drop(&sync->kept, KEPT_TRUST))) {
        log_event(LOG_ERROR, 0, "trust_not_dropped");
    } else {
        sync->has_trust = false;
        trust_list_clear(&sync->trust);
        sync_tell(sync, KEPT_TRUST);
    }
}

/* Of what a root has signed, the book knows how far it has come: also when the list itself is gone. */
static uint64_t trust_seq_floor(struct sync *sync)
{
    uint64_t kept = sync->has_trust ? sync->trust.sequence : 0;
    uint64_t known = roots_file(sync) != NULL ? book_trust_seq(&sync->book) : 0;

    return kept > known ? kept : known;
}

static enum stepped keep_trust(struct sync *sync, const struct answer *answer)
{
    uint64_t from = trust_seq_floor(sync);
    struct trust_list list;
    const char *wrong =
        judge_trust(sync, (struct text){answer->body, answer->body_bytes}, &list);

    if (wrong != NULL)
        return sync_ill(sync, wrong);
    if (list.sequence < from) {
        log_event(LOG_ERROR, 0, "trust_went_back", log_number("from", (int64_t)from),
                  log_number("to", (int64_t)list.sequence));
        trust_list_clear(&list);
        return sync_ill(sync, "the list of keys is older than the one here");
    }
    if (roots_file(sync) != NULL && err_is(book_keep_trust_seq(&sync->book, list.sequence))) {
        trust_list_clear(&list);
        return sync_ill(sync, "the disk");
    }
    take_trust(sync, &list);
    return sync_keep(sync, KEPT_TRUST, answer);
}

/* Beside a root's list, which takes people to sign: the server's own, of which only removals count, so
 * that a key is refused from the next sync on. */
static enum stepped fetch_removals(struct sync *sync)
{
    struct trust_list says = {0};
    struct kept_thing kept;
    struct answer answer;
    enum fetched fetched = sync_fetch(sync, KEPT_REMOVED, "/v1/trust", NULL, &answer);
    enum stepped end = fetched == FETCHED_NEW ? sync_keep(sync, KEPT_REMOVED, &answer)
                                              : sync_ended(sync, fetched);

    answer_clear(&answer);
    if (sync->has_trust && kept_find(&sync->kept, KEPT_REMOVED, &sync->arena, &kept) &&
        !err_is(trust_list_parse(kept.body, &says)))
        trust_list_veto(&sync->trust, &says);
    trust_list_clear(&says);
    return end;
}

enum stepped sync_trust(struct sync *sync)
{
    bool by_root = roots_file(sync) != NULL;
    struct answer answer;
    enum fetched fetched;
    enum stepped end, removals;

    read_kept_trust(sync);
    fetched = sync_fetch(sync, KEPT_TRUST, "/v1/trust", by_root ? "application/cose" : NULL,
                         &answer);
    if (fetched == FETCHED_NONE && by_root)
        end = sync_ill(sync, "the server has no list of keys that a root has signed");
    else
        end = fetched == FETCHED_NEW ? keep_trust(sync, &answer) : sync_ended(sync, fetched);
    answer_clear(&answer);
    if (!by_root || end == STEPPED_NOWHERE || end == STEPPED_OUT)
        return end;
    removals = fetch_removals(sync);
    return end == STEPPED_WELL ? removals : end;
}

/* -- rosters --------------------------------------------------------------------------------------- */

/* Of the same day a later one only: an older one may hold somebody who has left. */
static bool goes_back(struct sync *sync, const char *name, const struct roster *fetched)
{
    struct kept_thing kept;
    struct roster before;

    return kept_find(&sync->kept, name, &sync->arena, &kept) &&
           roster_read(kept.body, &before) && fetched->head.seq < before.head.seq;
}

static enum stepped keep_roster(struct sync *sync, const char *name, day_t day,
                                const struct answer *answer)
{
    struct text body = {answer->body, answer->body_bytes};
    struct roster roster;

    if (!known_roster_read(body, &sync->trust, now_s(sync), sync->parts.settings->skew_s,
                           &roster))
        return sync_ill(sync, "the roster's form or signature is wrong");
    if (roster.head.site != (uint64_t)sync->place.site.id || roster.head.day != day)
        return sync_ill(sync, "the roster is another site's or day's");
    if (goes_back(sync, name, &roster))
        return sync_ill(sync, "the roster is older than the one here");
    return sync_keep(sync, name, answer);
}

static enum stepped fetch_roster(struct sync *sync, day_t day, bool must_be)
{
    struct civil date = day_to_civil(day);
    char name[KEPT_NAME_BYTES], path[PATH_BYTES];
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    kept_roster_name(name, day);
    snprintf(path, sizeof path, "/v1/gate/roster?day=%04d-%02d-%02d", date.year, date.month,
             date.day);
    fetched = sync_fetch(sync, name, path, "application/cose", &answer);
    if (fetched == FETCHED_NEW)
        end = keep_roster(sync, name, day, &answer);
    else if (!must_be && (fetched == FETCHED_NONE || fetched == FETCHED_ILL))
        end = STEPPED_WELL; /* a coming day that the server says nothing of */
    else
        end = sync_ended(sync, fetched);
    answer_clear(&answer);
    return end;
}

static void drop_past_rosters(struct sync *sync, day_t today)
{
    char names[2 * DAYS_AHEAD_MAX][KEPT_NAME_BYTES];
    size_t count = kept_names(&sync->kept, "roster/", names, 2 * DAYS_AHEAD_MAX);

    for (size_t i = 0; i < count; i++) {
        int64_t day;

        if (text_to_int(text_of(names[i] + strlen("roster/")), 0, UINT16_MAX, &day) &&
            day < today && err_is(kept_drop(&sync->kept, names[i])))
            log_event(LOG_ERROR, 0, "roster_not_dropped");
    }
}

enum stepped sync_rosters(struct sync *sync)
{
    day_t today = clock_local_day(sync_clock(sync));
    unsigned ahead;
    enum stepped end;

    if (!sync->has_place || !sync->has_trust)
        return sync_ill(sync, "site or keys are not known yet");
    drop_past_rosters(sync, today);
    ahead = (sync->place.site.rule.offline_hours + HOURS_PER_DAY - 1u) / HOURS_PER_DAY;
    end = fetch_roster(sync, today, true);
    for (unsigned i = 1; i <= ahead && i <= DAYS_AHEAD_MAX && end == STEPPED_WELL; i++) {
        arena_clear(&sync->arena);
        end = fetch_roster(sync, (day_t)(today + i), false);
    }
    return end;
}
