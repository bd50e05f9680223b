#include "clients/sim/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum {
    RESENT_EVERY = 11,   /* of so many, one scan is sent again: the same number */
    RESCANNED_EVERY = 13, /* the same code again: another number */
    SCREENSHOT_EVERY = 17,
    FORGED_EVERY = 23,
    CODE_BYTES = 1024
};

const char *surprise_name(enum surprise surprise)
{
    static const char *const names[SURPRISES] = {
        [SURPRISE_NO_ANSWER] = "闸机未得到应答 / a gate was not answered",
        [SURPRISE_NO_CODE] = "手机未取到码 / a phone got no code",
        [SURPRISE_OTHER_PASS] = "重发变成另一条记录 / a scan sent again became another pass",
        [SURPRISE_SCREENSHOT] = "截图在别处开门 / a screenshot opened another gate",
        [SURPRISE_FORGED] = "伪造码开门 / a forged code opened",
        [SURPRISE_EXIT_BARRED] = "出场被拦 / somebody could not leave",
    };

    return names[surprise];
}

/* -- one scan --------------------------------------------------------------------------------------- */

static bool scan(struct crowd *crowd, unsigned gate, const struct scan *what, struct told *told)
{
    struct morning *m = crowd->morning;

    turnstile_ask(crowd->at_gate, &m->gates[gate], what, told);
    if (told->status != 200) {
        crowd->surprises[SURPRISE_NO_ANSWER]++;
        return false;
    }
    tally_kind(&crowd->recorded, told->recorded);
    if (strcmp(told->recorded, "none") != 0 && what->seq < SCANS_MAX)
        atomic_store(&m->acknowledged[gate][what->seq], 1);
    return true;
}

static struct scan new_scan(struct crowd *crowd, unsigned gate, const char *code,
                            const char *direction)
{
    return (struct scan){.code = code,
                         .direction = direction,
                         .seq = turnstile_next(&crowd->morning->gates[gate])};
}

/* The person's phone asks for a fresh code, by the person's own key. */
static bool fresh_code(struct crowd *crowd, const struct city_worker *w, char code[CODE_BYTES])
{
    struct answer answer;
    char path[64];
    bool good;

    snprintf(path, sizeof path, "/v1/workers/%lld/code", (long long)w->id);
    client_ask(crowd->phone,
               &(struct question){.method = "POST",
                                  .path = path,
                                  .key = w->key,
                                  .body = "{}",
                                  .body_bytes = 2},
               &answer);
    snprintf(code, CODE_BYTES, "%s", json_string_at(answer.json, "code"));
    good = answer_is_good(&answer) && code[0] != '\0';
    if (good)
        tally_kind(&crowd->colours, json_string_at(answer.json, "colour"));
    else if (crowd->surprises[SURPRISE_NO_CODE]++ == 0)
        answer_complain(&answer, speaks_english(), NULL);
    answer_clear(&answer);
    return good;
}

/* -- tricks ----------------------------------------------------------------------------------------- */

static void name_kind(struct tally *tally, const char *what, const struct told *told)
{
    char name[TALLY_NAME_BYTES];

    snprintf(name, sizeof name, "%s%s%-12s %s", what, what[0] != '\0' ? "  " : "", told->verdict,
             told->screen);
    tally_kind(tally, name);
}

static void send_again(struct crowd *crowd, const struct scan *first, const char *pass,
                       bool same_number)
{
    struct scan again = *first;
    struct told told;

    if (!same_number)
        again = new_scan(crowd, crowd->gate, first->code, first->direction);
    turnstile_ask(crowd->at_gate, &crowd->morning->gates[crowd->gate], &again, &told);
    if (told.status != 200)
        crowd->surprises[SURPRISE_NO_ANSWER]++;
    else if (strcmp(told.pass, pass) != 0)
        crowd->surprises[SURPRISE_OTHER_PASS]++;
    else
        name_kind(&crowd->tricks, same_number ? "重发 re-sent     " : "重扫 rescanned   ", &told);
    free(told.body);
}

/* Another gate of the same site, or our own number when it has only this one. */
static unsigned next_gate(const struct crowd *crowd)
{
    unsigned site = city_site_of_gate(crowd->gate);

    for (unsigned i = 1; i < crowd->morning->gate_count; i++) {
        unsigned gate = (crowd->gate + i) % crowd->morning->gate_count;

        if (city_site_of_gate(gate) == site)
            return gate;
    }
    return crowd->gate;
}

static void show_screenshot(struct crowd *crowd, const char *code)
{
    unsigned gate = next_gate(crowd);
    struct told told;
    struct scan copy;

    if (gate == crowd->gate)
        return;
    copy = new_scan(crowd, gate, code, "in");
    if (scan(crowd, gate, &copy, &told)) {
        if (strcmp(told.verdict, "open") == 0)
            crowd->surprises[SURPRISE_SCREENSHOT]++;
        name_kind(&crowd->tricks, "截图 screenshot  ", &told);
    }
    free(told.body);
}

/* A letter in the middle is another: within the signed part or the signature. */
static void show_forged(struct crowd *crowd, const char *code)
{
    char forged[CODE_BYTES];
    size_t middle = strlen(code) / 2;
    struct scan copy;
    struct told told;

    snprintf(forged, sizeof forged, "%s", code);
    forged[middle] = forged[middle] == 'A' ? 'B' : 'A';
    copy = new_scan(crowd, crowd->gate, forged, "in");
    if (scan(crowd, crowd->gate, &copy, &told)) {
        if (strcmp(told.verdict, "refuse") != 0)
            crowd->surprises[SURPRISE_FORGED]++;
        name_kind(&crowd->tricks, "伪造 forged      ", &told);
    }
    free(told.body);
}

/* -- in and out ------------------------------------------------------------------------------------- */

static void keep_shown(struct shown *shown, const struct city_worker *w, struct told *told)
{
    if (shown->worker != 0)
        return;
    shown->worker = w->id;
    snprintf(shown->key, sizeof shown->key, "%s", w->key);
    shown->answer = told->body;
    told->body = NULL;
}

static void enter(struct crowd *crowd, unsigned place)
{
    const struct city_worker *w = &crowd->morning->city->workers[place];
    char code[CODE_BYTES];
    struct told told;
    struct scan first;
    bool opened;

    if (!fresh_code(crowd, w, code))
        return;
    if (place % FORGED_EVERY == 5)
        show_forged(crowd, code);
    first = new_scan(crowd, crowd->gate, code, "in");
    if (!scan(crowd, crowd->gate, &first, &told)) {
        free(told.body);
        return;
    }
    opened = strcmp(told.verdict, "open") == 0;
    crowd->inside[place] = opened;
    tally_time(&crowd->entries, told.took_us);
    name_kind(&crowd->entries, "", &told);
    if (opened && place % RESENT_EVERY == 3)
        send_again(crowd, &first, told.pass, true);
    if (opened && place % RESCANNED_EVERY == 4)
        send_again(crowd, &first, told.pass, false);
    if (opened && place % SCREENSHOT_EVERY == 6)
        show_screenshot(crowd, code);
    if (opened && strcmp(told.colour, "green") == 0)
        keep_shown(&crowd->green, w, &told);
    else if (!opened && strcmp(told.colour, "red") == 0)
        keep_shown(&crowd->red, w, &told);
    free(told.body);
}

static void leave(struct crowd *crowd, unsigned place)
{
    char code[CODE_BYTES];
    struct told told;
    struct scan out;

    if (!fresh_code(crowd, &crowd->morning->city->workers[place], code))
        return;
    out = new_scan(crowd, crowd->gate, code, "out");
    if (scan(crowd, crowd->gate, &out, &told)) {
        if (strcmp(told.verdict, "open") != 0)
            crowd->surprises[SURPRISE_EXIT_BARRED]++;
        tally_time(&crowd->exits, told.took_us);
        name_kind(&crowd->exits, "", &told);
    }
    free(told.body);
}

/* Who comes to this gate: of the site's people, those whose turn it is. */
static bool comes_here(const struct crowd *crowd, unsigned place)
{
    const struct morning *m = crowd->morning;
    unsigned site = city_site_of_contractor(city_contractor_of(place)), gates = 0, mine = 0;

    for (unsigned g = 0; g < m->gate_count; g++) {
        if (city_site_of_gate(g) != site)
            continue;
        if (g == crowd->gate)
            mine = gates + 1;
        gates++;
    }
    return mine != 0 && place / 20 % gates == mine - 1;
}

static void everybody(struct crowd *crowd, bool coming)
{
    struct morning *m = crowd->morning;

    for (unsigned place = 0; place < m->people; place++) {
        if (m->city->workers[place].key[0] == '\0' || !comes_here(crowd, place))
            continue;
        if (coming)
            enter(crowd, place);
        else if (crowd->inside[place])
            leave(crowd, place);
        atomic_fetch_add(&m->walked, 1);
    }
}

void *crowd_run(void *arg)
{
    struct crowd *crowd = arg;
    int waited;

    crowd->at_gate = reach_client(crowd->morning->reach);
    crowd->phone = reach_client(crowd->morning->reach);
    crowd->inside = calloc(crowd->morning->people, 1);
    CHECK_ALLOCATED(crowd->inside);
    if (crowd->at_gate != NULL && crowd->phone != NULL)
        everybody(crowd, true);
    else
        crowd->surprises[SURPRISE_NO_ANSWER]++;
    waited = pthread_barrier_wait(&crowd->morning->all_in);
    CHECK(waited == 0 || waited == PTHREAD_BARRIER_SERIAL_THREAD);
    if (crowd->at_gate != NULL && crowd->phone != NULL)
        everybody(crowd, false);
    client_free(crowd->at_gate);
    client_free(crowd->phone);
    free(crowd->inside);
    return NULL;
}
