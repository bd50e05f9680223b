#include "clients/sim/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "clients/sim/talk.h"

enum {
    ITEMS_MAX = 400, /* of a request; the service takes 500 */
    STAGES = 4,      /* enrolled, trained, examined, instructed on site */
    CSV_ROW_BYTES = 256,
    IMPORT_WAIT_MS = 60000
};

uint64_t lane_work(const struct city *city, unsigned phones)
{
    return (uint64_t)city->worker_count * STAGES +
           (phones < city->worker_count ? phones : city->worker_count);
}

/* -- texts -------------------------------------------------------------------------------------------- */

static const char *day_text(day_t day, char text[16])
{
    struct civil c = day_to_civil(day);

    snprintf(text, 16, "%04d-%02d-%02d", c.year, c.month, c.day);
    return text;
}

static json_t *days_ago(const struct lane *lane, int days)
{
    char text[16];

    return json_string(day_text((day_t)(lane->city->today - days), text));
}

static int64_t site_of(const struct lane *lane)
{
    return lane->city->sites[city_site_of_contractor(lane->contractor)];
}

/* -- batches of items -------------------------------------------------------------------------------- */

/* One request's items, and whose each is. */
struct batch {
    struct lane *lane;
    const char *key, *path, *what;
    bool shown; /* the key's holder is shown everybody's document */
    json_t *items;
    unsigned of[ITEMS_MAX];
};

static bool take_answers(struct batch *b, const json_t *answer)
{
    const json_t *items = json_object_get(answer, "items"), *one;
    size_t i;

    json_array_foreach(items, i, one) {
        int64_t id = json_int_at(one, "worker");

        if (json_int_at(one, "status") >= 300) {
            fprintf(stderr, "%s: %s %s\n", b->path, json_string_at(one, "title"),
                    json_string_at(one, "pointer"));
            return false;
        }
        if (id != 0)
            b->lane->city->workers[b->lane->places[b->of[i]]].id = id;
    }
    return json_array_size(items) == json_array_size(b->items);
}

static bool batch_send(struct batch *b)
{
    struct lane *lane = b->lane;
    char key[80];
    json_t *answer;
    bool good;

    if (json_array_size(b->items) == 0)
        return true;
    snprintf(key, sizeof key, "sim-%s-%u-%s-%u", lane->city->run, lane->contractor, b->what,
             lane->requests++);
    answer = talk_write(lane->client, b->key, b->path, json_incref(b->items), key);
    good = answer != NULL && take_answers(b, answer);
    json_decref(answer);
    json_array_clear(b->items);
    return good;
}

/* Adds an item about the n-th of the lane's people; by document until his number here is known, and
 * to those to whom he shows it. */
static bool batch_add(struct batch *b, unsigned n, json_t *item)
{
    int64_t id = b->lane->city->workers[b->lane->places[n]].id;

    if (id != 0 && !b->shown)
        json_object_set_new(item, "worker", json_integer(id));
    else
        json_object_set_new(item, "document_number", json_string(b->lane->people[n].number));
    b->of[json_array_size(b->items)] = n;
    json_array_append_new(b->items, item);
    return json_array_size(b->items) < ITEMS_MAX || batch_send(b);
}

/* What a stage adds about one of the people. */
typedef bool item_fn(struct batch *b, unsigned n);

/* Everybody through one stage, as the holder of a key. */
static bool stage(struct lane *lane, const char *key_name, unsigned key_number, const char *path,
                  const char *what, item_fn *add, bool counts)
{
    char key[CLIENT_KEY_BYTES_MAX + 1];
    struct batch b = {
        .lane = lane, .key = key, .path = path, .what = what, .items = json_array(),
        .shown = strcmp(key_name, "clinic") == 0 || strcmp(key_name, "training") == 0};
    bool good = city_key(lane->city, key_name, key_number, key);

    for (unsigned n = 0; n < lane->count && good; n++) {
        good = add(&b, n);
        if (counts)
            atomic_fetch_add(lane->done, 1);
    }
    good = good && batch_send(&b);
    json_decref(b.items);
    return good;
}

/* -- enrolment: by CSV or by JSON ---------------------------------------------------------------------- */

static const char csv_header[] =
    "name,document_number,phone,site,trade,role,team,from,agreement,agreement_from\r\n";

static const char *role_of(const struct person *p)
{
    return p->is_manager ? "manager" : "worker";
}

static bool csv_send(struct lane *lane, const char *csv, const char *key, int64_t *import)
{
    char idempotency[64];
    struct answer answer;

    snprintf(idempotency, sizeof idempotency, "sim-%s-%u-import", lane->city->run,
             lane->contractor);
    client_ask(lane->client,
               &(struct question){.method = "POST",
                                  .path = "/v1/imports",
                                  .key = key,
                                  .media_type = "text/csv",
                                  .body = csv,
                                  .body_bytes = strlen(csv),
                                  .idempotency = idempotency},
               &answer);
    *import = json_int_at(answer.json, "import");
    if (!answer_is_good(&answer))
        answer_complain(&answer, speaks_english(), idempotency);
    answer_clear(&answer);
    return *import != 0;
}

static bool csv_wait(struct lane *lane, const char *key, int64_t import)
{
    uint64_t counted = 0;
    char path[64], state[24] = "running";

    snprintf(path, sizeof path, "/v1/imports/%lld", (long long)import);
    for (int waited = 0; waited < IMPORT_WAIT_MS && strcmp(state, "running") == 0; waited += 50) {
        json_t *now = talk_read(lane->client, key, path);
        uint64_t done = (uint64_t)json_int_at(now, "done");

        if (now == NULL)
            return false;
        snprintf(state, sizeof state, "%s", json_string_at(now, "state"));
        if (json_int_at(now, "refused") != 0)
            snprintf(state, sizeof state, "refused");
        json_decref(now);
        atomic_fetch_add(lane->done, done - counted);
        counted = done;
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000000}, NULL);
    }
    if (strcmp(state, "done") != 0)
        fprintf(stderr, "%s: %s\n", path, state);
    return strcmp(state, "done") == 0;
}

static bool enrol_by_csv(struct lane *lane)
{
    size_t max = sizeof csv_header + lane->count * CSV_ROW_BYTES, bytes;
    char *csv = malloc(max), key[CLIENT_KEY_BYTES_MAX + 1], from[16];
    int64_t import;
    bool good;

    CHECK_ALLOCATED(csv);
    bytes = (size_t)snprintf(csv, max, "%s", csv_header);
    for (unsigned n = 0; n < lane->count; n++) {
        const struct person *p = &lane->people[n];

        day_text((day_t)(lane->city->today - p->entry_days_ago), from);
        bytes += (size_t)snprintf(csv + bytes, max - bytes,
                                  "%s,%s,%s,%lld,%03u,%s,%u班,%s,labour_contract,%s\r\n", p->name,
                                  p->number, p->phone, (long long)site_of(lane), p->trade,
                                  role_of(p), 1 + n / 12, from, from);
        CHECK(bytes < max);
    }
    good = city_key(lane->city, "contractor", lane->contractor + 1, key) &&
           csv_send(lane, csv, key, &import) && csv_wait(lane, key, import);
    free(csv);
    return good;
}

static bool add_enrolment(struct batch *b, unsigned n)
{
    const struct lane *lane = b->lane;
    const struct person *p = &lane->people[n];
    char trade[8], team[16], from[16];

    snprintf(trade, sizeof trade, "%03u", p->trade);
    snprintf(team, sizeof team, "%u班", 1 + n / 12);
    day_text((day_t)(lane->city->today - p->entry_days_ago), from);
    b->of[json_array_size(b->items)] = n;
    json_array_append_new(
        b->items,
        json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "name", p->name,
                  "document_number", p->number, "phone", p->phone, "site",
                  (json_int_t)site_of(lane), "trade", trade, "role", role_of(p), "team", team,
                  "from", from, "agreement", "labour_contract", "agreement_from", from));
    return json_array_size(b->items) < ITEMS_MAX || batch_send(b);
}

static bool enrol(struct lane *lane)
{
    if (lane->contractor % 2 == 0)
        return enrol_by_csv(lane);
    return stage(lane, "contractor", lane->contractor + 1, "/v1/workers", "enrol", add_enrolment,
                 true);
}

/* -- training, exam, site, certificates, violations ------------------------------------------------------ */

static bool add_training(struct batch *b, unsigned n)
{
    static const struct {
        const char *type;
        int hours;
    } levels[] = {{"entry_company", 15}, {"entry_project", 15}, {"entry_team", 20}};
    const struct person *p = &b->lane->people[n];
    bool good = true;

    for (unsigned i = 0; i < (p->flaw == FLAW_TRAINING ? 2 : 3) && good; i++)
        good = batch_add(b, n,
                         json_pack("{s:s, s:o, s:s, s:i, s:i, s:b}", "kind", "training",
                                   "occurred_on", days_ago(b->lane, p->entry_days_ago), "type",
                                   levels[i].type, "hours", levels[i].hours, "score",
                                   80 + (int)(n % 20), "passed", 1));
    return good &&
           batch_add(b, n,
                     json_pack("{s:s, s:o, s:i}", "kind", "study", "occurred_on",
                               days_ago(b->lane, p->entry_days_ago - 1), "points",
                               p->flaw == FLAW_STUDY ? 35 : 60 + (int)(n % 30)));
}

static bool add_exam(struct batch *b, unsigned n)
{
    const struct person *p = &b->lane->people[n];
    int ago = p->flaw == FLAW_EXAM_OLD ? 380 + p->exam_days_ago : p->exam_days_ago;
    const char *conclusion = p->flaw == FLAW_EXAM_RECHECK ? "recheck"
                             : p->flaw == FLAW_UNFIT      ? "unfit"
                                                          : "no_abnormality";

    if (p->flaw == FLAW_EXAM_NONE)
        return true;
    return batch_add(b, n,
                     json_pack("{s:s, s:o, s:s}", "kind", "exam", "occurred_on",
                               days_ago(b->lane, ago), "conclusion", conclusion));
}

static bool add_site_entry(struct batch *b, unsigned n)
{
    const struct person *p = &b->lane->people[n];

    if (p->flaw == FLAW_SITE_ENTRY)
        return true;
    return batch_add(b, n,
                     json_pack("{s:s, s:o, s:s, s:i, s:b, s:I}", "kind", "training", "occurred_on",
                               days_ago(b->lane, p->entry_days_ago - 1), "type", "site_entry",
                               "hours", 2, "passed", 1, "site", (json_int_t)site_of(b->lane)));
}

static bool add_certificate(struct batch *b, unsigned n)
{
    const struct lane *lane = b->lane;
    const struct person *p = &lane->people[n];
    char number[32];
    json_t *item;

    if (p->certificate == NULL || p->flaw == FLAW_CERTIFICATE)
        return true;
    snprintf(number, sizeof number, "苏T99%07u", lane->places[n]);
    item = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "kind", "certificate", "type",
                     "special_operation", "number", number, "issuer", "housing", "valid_from",
                     days_ago(lane, 300), "valid_until", days_ago(lane, -430), "class",
                     p->certificate);
    return batch_add(b, n, item);
}

/* Grave enough for the flaw; and, for one in thirty of the others, a word about a helmet. */
static bool add_violation(struct batch *b, unsigned n)
{
    const struct lane *lane = b->lane;
    const struct person *p = &lane->people[n];
    int severity = p->flaw == FLAW_VIOLATIONS ? 3 : p->flaw == FLAW_OFF_JOB ? 2 : 1;

    if (severity == 1 && lane->places[n] % 30 != 7)
        return true;
    return batch_add(b, n,
                     json_pack("{s:s, s:o, s:s, s:s, s:i, s:b, s:I}", "kind", "violation",
                               "occurred_on", days_ago(lane, p->entry_days_ago / 2), "class",
                               "operation", "category", severity == 1 ? "7.11" : "7.06",
                               "severity", severity, "off_job_training", p->flaw == FLAW_OFF_JOB,
                               "site", (json_int_t)site_of(lane)));
}

/* -- phones ------------------------------------------------------------------------------------------------ */

/* These phones never sign anything: any point of the curve will do (P-256's base point). */
static const char phone_key[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
    "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}";

/* The phone opens the link that the contractor was given. Takes the invitation over. */
static json_t *join(struct lane *lane, json_t *invitation)
{
    json_t *body = json_pack("{s:s, s:s, s:o}", "token", json_string_at(invitation, "token"), "keep",
                             "key", "device_key", json_loads(phone_key, 0, NULL));
    json_t *answer;

    json_decref(invitation);
    answer = talk_write(lane->client, NULL, "/v1/session/worker", body, NULL);
    return answer;
}

static bool give_phones(struct lane *lane)
{
    char key[CLIENT_KEY_BYTES_MAX + 1], path[64], idempotency[64];

    if (!city_key(lane->city, "contractor", lane->contractor + 1, key))
        return false;
    for (unsigned n = 0; n < lane->count && lane->places[n] < lane->phones; n++) {
        struct city_worker *w = &lane->city->workers[lane->places[n]];
        json_t *answer;

        snprintf(path, sizeof path, "/v1/workers/%lld/invitation", (long long)w->id);
        snprintf(idempotency, sizeof idempotency, "sim-%s-phone-%u", lane->city->run,
                 lane->places[n]);
        answer = talk_write(lane->client, key, path, NULL, idempotency);
        answer = join(lane, answer);
        snprintf(w->key, sizeof w->key, "%s", json_string_at(answer, "key"));
        json_decref(answer);
        if (w->key[0] == '\0')
            return false;
        atomic_fetch_add(lane->done, 1);
    }
    return true;
}

/* -- all of it ----------------------------------------------------------------------------------------------- */

static void gather_people(struct lane *lane)
{
    const struct city *city = lane->city;

    lane->people = calloc(city->worker_count, sizeof *lane->people);
    lane->places = calloc(city->worker_count, sizeof *lane->places);
    CHECK_ALLOCATED(lane->people);
    CHECK_ALLOCATED(lane->places);
    for (unsigned i = 0; i < city->worker_count; i++) {
        if (city_contractor_of(i) != lane->contractor)
            continue;
        person_make(&lane->people[lane->count], city->seed, i, city->today);
        lane->places[lane->count++] = i;
    }
}

void *lane_run(void *arg)
{
    struct lane *lane = arg;
    unsigned house = lane->contractor % 2 + 1, site = city_site_of_contractor(lane->contractor) + 1;

    gather_people(lane);
    lane->client = reach_client(lane->reach);
    lane->good =
        lane->client != NULL && enrol(lane) &&
        stage(lane, "training", house, "/v1/trainings", "training", add_training, true) &&
        stage(lane, "clinic", house, "/v1/exams", "exam", add_exam, true) &&
        stage(lane, "safety", site, "/v1/trainings", "entry", add_site_entry, true) &&
        stage(lane, "contractor", lane->contractor + 1, "/v1/certificates", "certificate",
              add_certificate, false) &&
        stage(lane, "safety", site, "/v1/violations", "violation", add_violation, false) &&
        give_phones(lane);
    client_free(lane->client);
    free(lane->people);
    free(lane->places);
    return NULL;
}
