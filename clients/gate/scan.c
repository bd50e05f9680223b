/* clients/gate/scan.c: one scan, from the board's question to the door.
 *
 *   permit   the board's key, where one is set
 *   read     the body, and the code as far as it speaks for itself
 *   recall   the same code was answered a moment ago
 *   ask      the server, if the line is up and nobody is leaving
 *   take     its answer, if it came in time
 *   decide   by what is known here; write the receipt; tell */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "clients/gate/agent.h"
#include "clients/gate/answer.h"

enum {
    QUESTION_BYTES = 8 * 1024,
    PRESENCE_HOURS = 24 /* as the server's: after that nobody is taken to be inside */
};

struct scan {
    struct text code, short_code, worker_no;
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct shown shown;
    struct line_answer online;
    bool server_late;
    struct decision decision;
};
const size_t scan_state_bytes = sizeof(struct scan);

static time_us now_of(const struct agent *agent)
{
    return gate_time_at(&agent->time, gate_clocks_now());
}

/* -- read ------------------------------------------------------------------------------------------ */

static struct err read_members(struct exchange *x, struct scan *s, struct text *direction)
{
    const struct {
        const char *name, *pointer;
        struct text *into;
    } members[] = {{"code", "/code", &s->code},
                   {"short", "/short", &s->short_code},
                   {"worker_no", "/worker_no", &s->worker_no},
                   {"direction", "/direction", direction}};
    const size_t count = sizeof members / sizeof members[0];
    const char *key;
    json_t *value;

    json_object_foreach(x->json, key, value) {
        size_t i = 0;

        while (i < count && strcmp(members[i].name, key) != 0)
            i++;
        if (i == count)
            return err_field(ERR_FIELD_UNKNOWN, "", "code | short | worker_no, direction");
        if (!json_is_string(value))
            return err_field(ERR_FIELD_TYPE, members[i].pointer, "string");
        *members[i].into = (struct text){json_string_value(value), json_string_length(value)};
    }
    return OK;
}

/* A gate for one direction need not say which. */
static struct err take_direction(const struct agent *agent, struct text said,
                                 enum direction *direction)
{
    enum direction built =
        agent->known.has_place ? agent->known.place.device.direction : DIRECTION_BOTH;

    if (said.at == NULL && built == DIRECTION_BOTH)
        return err_field(ERR_FIELD_MISSING, "/direction", "in|out");
    *direction = said.at == NULL           ? built
                 : text_is(said, "in")     ? DIRECTION_IN
                 : text_is(said, "out")    ? DIRECTION_OUT
                                           : DIRECTION_BOTH;
    if (*direction == DIRECTION_BOTH)
        return err_field(ERR_FIELD_CHOICE, "/direction", "in|out");
    if (built != DIRECTION_BOTH && built != *direction)
        return err_field(ERR_FIELD_CHOICE, "/direction", built == DIRECTION_IN ? "in" : "out");
    return OK;
}

static struct err read_body(struct exchange *x, struct scan *s)
{
    struct text direction = {NULL, 0};
    struct err e = json_read(x->request->body, &x->json);
    int given;

    if (err_is(e))
        return e;
    if (!json_is_object(x->json))
        return err_make(ERR_JSON_OBJECT);
    e = read_members(x, s, &direction);
    given = (s->code.at != NULL) + (s->short_code.at != NULL) + (s->worker_no.at != NULL);
    if (!err_is(e) && given != 1)
        e = err_field(given == 0 ? ERR_FIELD_MISSING : ERR_FIELD_UNKNOWN, "/code",
                      "code | short | worker_no");
    return err_is(e) ? e : take_direction(agent_of(x), direction, &s->shown.direction);
}

static enum step scan_read(struct exchange *x)
{
    struct scan *s = x->state;
    struct err e = read_body(x, s);

    http_keep_long(x->connection); /* boards keep theirs */
    if (err_is(e))
        return exchange_fail(x, e);
    known_turn_to(&agent_of(x)->known, now_of(agent_of(x)));
    s->shown.by_number = s->code.at == NULL;
    s->shown.read = s->code.at != NULL ? token_read(s->code, s->bytes, &s->shown.token)
                                       : TOKEN_FORMAT;
    return STEP_NEXT;
}

/* -- recall ---------------------------------------------------------------------------------------- */

static bool has_token(const struct scan *s)
{
    return !s->shown.by_number && s->shown.read == TOKEN_OK;
}

/* Badges live for years: for them there is anti-passback. */
static bool is_rotating(const struct scan *s)
{
    return has_token(s) && s->shown.token.kind != TOKEN_BADGE;
}

/* Nobody gets another's answer by writing his numbers into a code of his own: the signature first. */
static enum step scan_recall(struct exchange *x)
{
    struct agent *agent = agent_of(x);
    struct scan *s = x->state;
    struct text body;

    if (!is_rotating(s) || !agent->known.has_trust ||
        token_verify(&s->shown.token, &agent->known.trust) != TOKEN_OK)
        return STEP_NEXT;
    body = book_recall(&agent->book, (int64_t)s->shown.token.live.index,
                       token_time(&s->shown.token), s->shown.direction,
                       now_of(agent) / US_PER_SECOND, &x->arena);
    return body.at != NULL ? exchange_answer_json(x, 200, body) : STEP_NEXT;
}

/* -- ask ------------------------------------------------------------------------------------------- */

static struct text write_question(struct exchange *x, struct scan *s)
{
    struct agent *agent = agent_of(x);
    char *at = arena_alloc(&x->arena, QUESTION_BYTES), time[CLOCK_RFC3339_BYTES];
    struct json_writer w;
    struct build out;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, QUESTION_BYTES);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    if (s->code.at != NULL)
        json_put_text(&w, "code", s->code);
    else if (s->short_code.at != NULL)
        json_put_text(&w, "short", s->short_code);
    else
        json_put_text(&w, "worker_no", s->worker_no);
    json_put_string(&w, "direction", "in");
    json_put_text(&w, "at", clock_format(x->now, time)); /* our clock, as wrong as it is */
    json_put_int(&w, "epoch", agent->book.epoch + 1);
    json_put_int(&w, "seq", (int64_t)++agent->questions);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step scan_ask(struct exchange *x)
{
    struct agent *agent = agent_of(x);
    struct scan *s = x->state;
    struct text question;

    if (s->shown.direction == DIRECTION_OUT)
        return STEP_NEXT;
    question = write_question(x, s);
    if (question.at == NULL ||
        !line_ask(agent->line, question, agent->settings->online_ms, &x->arena, &s->online,
                  exchange_waiter(x)))
        return STEP_NEXT;
    return exchange_wait(x, OK);
}

/* -- take ------------------------------------------------------------------------------------------ */

/* For the guard's page: everything that is answered, but what a board sends again. */
static void show_guard(struct exchange *x, struct text body)
{
    struct agent *agent = agent_of(x);
    json_t *answer;

    if (err_is(json_read(body, &answer)))
        return;
    passing_note(&agent->passings, now_of(agent), answer);
    json_decref(answer);
}

/* What the same code gets next, and who is inside. The pass itself is recorded at the server. */
static void note_online(struct exchange *x, const struct scan *s, const json_t *told,
                        struct text body)
{
    struct agent *agent = agent_of(x);
    const char *verdict = json_string_value(json_object_get(told, "verdict"));
    bool cannot_tell = verdict == NULL || strcmp(verdict, "cannot_tell") == 0;

    if (!is_rotating(s) || cannot_tell)
        return;
    if (err_is(book_note(&agent->book,
                         &(struct answered){
                             .index = (int64_t)s->shown.token.live.index,
                             .iat = token_time(&s->shown.token),
                             .direction = s->shown.direction,
                             .until_s = token_dead_s(&s->shown.token, agent->known.skew_s),
                             .body = body,
                         },
                         strcmp(verdict, "open") == 0, now_of(agent))))
        log_event(LOG_ERROR, x->id, "answer_not_kept");
}

static enum step scan_take(struct exchange *x)
{
    struct scan *s = x->state;
    json_t *told = NULL;
    struct text body;

    s->server_late = s->online.asked && s->online.status == 0;
    if (s->online.status != 200 || err_is(json_read(s->online.body, &told))) {
        if (s->online.status != 0)
            log_event(LOG_WARN, x->id, "server_refused", log_number("status", s->online.status));
        json_decref(told);
        return STEP_NEXT;
    }
    body = answer_of_server(told, x->english, &x->arena);
    if (body.at != NULL)
        note_online(x, s, told, body);
    json_decref(told);
    if (body.at == NULL)
        return STEP_NEXT;
    show_guard(x, body);
    return exchange_answer_json(x, 200, body);
}

/* -- decide, write, tell --------------------------------------------------------------------------- */

static struct moment moment_of(struct exchange *x, const struct scan *s)
{
    struct agent *agent = agent_of(x);
    struct gate_clocks clocks = gate_clocks_now();
    struct moment m = {
        .now = gate_time_at(&agent->time, clocks),
        .clock_good = gate_time_is_good(&agent->time, clocks,
                                        agent->known.skew_s * US_PER_SECOND),
        .clock_offset_ms = gate_time_offset_us(&agent->time, clocks) / US_PER_MS,
        .server_late = s->server_late,
    };
    enum book_presence seen = BOOK_NOT_SEEN;

    if (has_token(s))
        seen = book_presence(&agent->book, (int64_t)s->shown.token.live.index,
                             m.now - PRESENCE_HOURS * 3600ll * US_PER_SECOND);
    m.presence_known = seen != BOOK_NOT_SEEN;
    m.inside = seen == BOOK_INSIDE;
    return m;
}

static struct text render(struct exchange *x, const struct scan *s, time_us now, bool recorded)
{
    const struct agent *agent = agent_of(x);

    return answer_of_gate(&(struct gate_told){.known = &agent->known,
                                              .decision = &s->decision,
                                              .epoch = agent->book.epoch,
                                              .seq = agent->book.seq + 1,
                                              .now = now,
                                              .recorded = recorded},
                          x->english, &x->arena);
}

/* A gate that has never heard from its server has no name to sign by: nothing can be recorded. */
static bool write_receipt(struct exchange *x, struct scan *s, time_us now, struct text body)
{
    struct agent *agent = agent_of(x);
    struct answered answered = {
        .index = s->decision.index, .iat = s->decision.iat, .direction = s->shown.direction,
        .until_s = s->decision.until_s, .body = body};
    struct err e;

    if (!agent->known.has_place)
        return false;
    e = book_write(&agent->book, agent->signer, &s->decision.receipt, now,
                   s->decision.until_s > 0 ? &answered : NULL);
    agent->unrecorded = err_is(e);
    if (err_is(e))
        log_event(LOG_ERROR, x->id, "receipt_unwritten", log_text("code", err_row(e.code)->code),
                  log_text("why", e.detail));
    return !err_is(e);
}

static enum step scan_decide(struct exchange *x)
{
    struct agent *agent = agent_of(x);
    struct scan *s = x->state;
    struct moment moment = moment_of(x, s);
    struct text body;

    decide(&agent->known, &s->shown, &moment, &s->decision);
    body = render(x, s, moment.now, true);
    if (body.at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (write_receipt(x, s, moment.now, body)) {
        sync_receipts(agent->sync);
    } else {
        decide_unrecorded(&agent->known, s->shown.direction, &s->decision);
        body = render(x, s, moment.now, false);
    }
    show_guard(x, body);
    return exchange_answer_json(x, 200, body);
}

step_fn *const scan_post[] = {
    local_permit, scan_read, scan_recall, scan_ask, scan_take, scan_decide, NULL,
};
