/* api/gate_check.c: one question of a gate, from the scanned text to a recorded answer.
 *
 *   read     the body, and the code as far as it speaks for itself
 *   look     gate, site, worker and rules in the register (gate_look.c), and decide
 *            (domain/gate.h); a question that was asked before takes over its answer
 *   record   hand the pass to the group commit
 *   tell     what is recorded where; too late, or not at all: by the site's rule
 *
 * The register is not waited for when somebody leaves; nor for long when somebody enters. */
#include "api/gate_check_private.h"

#include "api/access.h"
#include "api/input.h"
#include "api/metrics.h"
#include "base/log.h"
#include "crypto/short_code.h"
#include "domain/engine.h"

enum {
    DEVICE_MS = 1500,       /* the tightest device known (DejaOS) waits 2 s */
    ANSWER_MS = 100,        /* of these, what rendering and sending may take */
    REGISTER_MS = 500,      /* for what the register has not heard of yet */
    SAME_DAY_HOURS = 12,    /* a gate's clock further off does not name the day */
    EPOCH_MAX = 2147483647
};

static const struct field gate_fields[] = {
    {"short", FIELD_TEXT, offsetof(struct gate_input, short_code), false, 1, 64, NULL},
    {"worker_no", FIELD_TEXT, offsetof(struct gate_input, worker_no), false, 1, 20, NULL},
    {"direction", FIELD_CHOICE, offsetof(struct gate_input, direction), true, 0, 0, "in|out"},
    {"at", FIELD_TIME, offsetof(struct gate_input, at), true, 0, 0, NULL},
    {"epoch", FIELD_INT, offsetof(struct gate_input, epoch), true, 0, EPOCH_MAX, NULL},
    {"seq", FIELD_INT, offsetof(struct gate_input, seq), true, 0, INT64_MAX, NULL},
    {NULL},
};

const size_t gate_check_post_bytes = sizeof(struct gate_check);

static int64_t elapsed_ms(const struct exchange *x)
{
    return (clock_monotonic_us() - x->started_us) / US_PER_MS;
}

/* -- read ------------------------------------------------------------------------------------- */

/* Takes "code" out of the body before the fields are checked: a scanned text may hold anything. */
static struct err take_code(struct exchange *x, struct gate_check *s)
{
    json_t *code;

    if (!json_is_object(x->json))
        return err_make(ERR_JSON_OBJECT);
    code = json_object_get(x->json, "code");
    if (code == NULL)
        return OK;
    if (!json_is_string(code))
        return err_field(ERR_FIELD_TYPE, "/code", "string");
    s->code = arena_text(&x->arena,
                         (struct text){json_string_value(code), json_string_length(code)});
    if (s->code.at == NULL || json_object_del(x->json, "code") != 0)
        return err_make(ERR_TOO_LARGE);
    return OK;
}

static struct err read_body(struct exchange *x, struct gate_check *s)
{
    struct err e = take_code(x, s);
    int given;

    if (err_is(e))
        return e;
    e = input_check(x->json, gate_fields, &x->arena, &s->input);
    if (err_is(e))
        return e;
    given = (s->code.at != NULL) + (s->input.short_code.at != NULL) +
            (s->input.worker_no.at != NULL);
    if (given != 1)
        return err_field(given == 0 ? ERR_FIELD_MISSING : ERR_FIELD_UNKNOWN, "/code",
                         "code | short | worker_no");
    return OK;
}

static enum why why_of_token(enum token_why why)
{
    static const enum why whys[] = {
        [TOKEN_OK] = WHY_OK,
        [TOKEN_FORMAT] = WHY_FORMAT,
        [TOKEN_NOT_OURS] = WHY_NOT_OURS,
        [TOKEN_UNKNOWN_KEY] = WHY_UNKNOWN_KEY,
        [TOKEN_KEY] = WHY_KEY,
        [TOKEN_SIGNATURE] = WHY_SIGNATURE,
        [TOKEN_EXPIRED] = WHY_EXPIRED,
        [TOKEN_NOT_YET] = WHY_NOT_YET,
        [TOKEN_CLOCK] = WHY_CLOCK,
    };

    CHECK((size_t)why < sizeof whys / sizeof whys[0]);
    return whys[why];
}

/* Only the signature is remembered: the key's state and the times are asked every time. */
static enum token_why judge(struct exchange *x, const struct token *token)
{
    const struct shared *shared = app_of(x)->shared;
    const struct trust_list *trust = &app_of(x)->keyring.trust;
    int64_t now_s = x->now / US_PER_SECOND;
    enum token_why why = token_key_allows(token, trust, now_s);

    if (why != TOKEN_OK)
        return why;
    if (recent_is_verified(shared->recent, token->digest)) {
        atomic_fetch_add_explicit(&shared->metrics->tokens_recognised, 1, memory_order_relaxed);
    } else {
        atomic_fetch_add_explicit(&shared->metrics->tokens_verified, 1, memory_order_relaxed);
        why = token_verify(token, trust);
        if (why != TOKEN_OK)
            return why;
        recent_verified(shared->recent, token->digest, token_dead_s(token, TOKEN_SKEW_S));
    }
    return token_in_time(token, now_s, TOKEN_SKEW_S);
}

/* A gate that shows wrong digits is not listened to for a while: they must not be guessed. Of what
 * it shows then, nothing is looked at. */
static struct err read_digits(struct exchange *x, struct gate_check *s)
{
    const struct shared *shared = app_of(x)->shared;
    int64_t gate_id = caller_of(x)->device_id, now_us = clock_monotonic_us();
    enum token_why why = TOKEN_SIGNATURE;
    struct live_claims *live = &s->token.live;

    if (bucket_has(shared->short_failures, gate_id, now_us))
        why = short_code_read(shared->vault, s->input.short_code, x->now / US_PER_SECOND,
                              &live->index, &live->iat);
    else if (s->input.direction == DIRECTION_IN)
        return err_make(ERR_RATE_LIMITED);
    if (why == TOKEN_SIGNATURE)
        (void)bucket_take(shared->short_failures, gate_id, now_us);
    s->is_short = s->has_token = why == TOKEN_OK;
    live->exp = live->iat + 2 * SHORT_CODE_STEP_S;
    s->c.code_says = why_of_token(why);
    return OK;
}

static void read_code(struct exchange *x, struct gate_check *s)
{
    enum token_why why;
    int64_t offset_ms = registry_health(app_of(x)->shared->registry).clock_offset_ms;

    if (s->code.at == NULL) {
        s->c.by_number = true;
        s->c.code_says = WHY_OK;
        return;
    }
    why = token_read(s->code, s->bytes, &s->token);
    s->has_token = why == TOKEN_OK;
    if (s->has_token)
        why = judge(x, &s->token);
    s->c.code_says = why_of_token(why);
    /* A clock that is known to be wrong condemns nobody's code. */
    if ((why == TOKEN_EXPIRED || why == TOKEN_NOT_YET) &&
        (offset_ms > GATE_CLOCK_MS_MAX || offset_ms < -GATE_CLOCK_MS_MAX))
        s->c.code_says = WHY_CLOCK;
}

static enum step gate_read(struct exchange *x)
{
    struct gate_check *s = x->state;
    struct err e;

    if (caller_of(x)->device_id == 0)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    http_keep_long(x->connection);
    e = read_body(x, s);
    if (err_is(e))
        return exchange_fail(x, e);
    s->c.direction = (enum direction)s->input.direction;
    if (s->input.short_code.at != NULL)
        e = read_digits(x, s);
    else
        read_code(x, s);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

/* -- look and decide -------------------------------------------------------------------------- */

/* Which pass this is: by the gate's own counting. */
static void name_pass(struct exchange *x, struct gate_check *s)
{
    int64_t off_us = s->input.at - x->now;
    bool near = off_us < SAME_DAY_HOURS * 3600ll * US_PER_SECOND &&
                off_us > -SAME_DAY_HOURS * 3600ll * US_PER_SECOND;

    s->pass.gate_id = caller_of(x)->device_id;
    s->pass.epoch = (int32_t)s->input.epoch;
    s->pass.seq = s->input.seq;
    s->pass.day = near ? clock_local_day(s->input.at) : x->today;
    s->pass.direction = (int16_t)s->c.direction;
    s->pass.source = PASS_ASKED;
    s->pass.at = s->input.at;
    s->pass.decided_at = x->now;
    s->pass.worker_id = s->c.worker_id;
    s->pass.token_index = s->has_token ? (int64_t)s->token.live.index : -1;
    s->pass.token_iat = s->has_token ? token_time(&s->token) : 0;
    s->pass.site_id = s->c.site != NULL ? s->site.id : 0;
}

static struct err check_device(const struct gate_check *s)
{
    if (s->c.device == NULL)
        return OK;
    if (!s->device.active)
        return err_make(ERR_DEVICE_DISABLED);
    if (s->device.direction != DIRECTION_BOTH && s->device.direction != s->c.direction)
        return err_field(ERR_FIELD_CHOICE, "/direction",
                         s->device.direction == DIRECTION_IN ? "in" : "out");
    return OK;
}

static void decide(struct exchange *x, struct gate_check *s)
{
    const struct engine *engine = engine_now();
    int64_t clock_ms = (s->input.at - x->now) / US_PER_MS;
    unsigned colour;

    s->c.today = x->today;
    s->c.gate_clock_off = clock_ms > GATE_CLOCK_MS_MAX || clock_ms < -GATE_CLOCK_MS_MAX;
    s->c.live_code = s->has_token && token_colour_on(&s->token, x->today, 0, &colour);
    if (s->c.live_code) {
        s->c.code_colour = (uint8_t)colour;
        s->c.code_policy = (uint32_t)s->token.live.policy;
    }
    gate_look_presence(x, s);
    engine->decide(&s->c, &s->outcome);
    s->answer = s->outcome.answer;
    s->pass.engine = engine->number;
    gate_case_keep(&s->c, &s->pass);
    gate_outcome_keep(&s->outcome, &s->pass);
    s->case_hash = engine->hash(&s->c);
    pass_stamp(&s->pass, s->case_hash);
}

static enum step gate_look(struct exchange *x)
{
    struct app *app = app_of(x);
    struct gate_check *s = x->state;
    bool complete;
    struct err e;

    registry_enter(app->reader);
    s->c.site = NULL; /* it may be the second look */
    s->c.device = NULL;
    gate_look_away(s);
    complete = gate_look_place(x, s);
    e = check_device(s);
    complete = gate_look_person(x, s) && complete;
    if (!err_is(e) && !complete && s->c.direction == DIRECTION_IN && s->c.code_says == WHY_OK &&
        elapsed_ms(x) < REGISTER_MS) {
        registry_leave(app->reader);
        registry_await(app->reader, REGISTER_MS - elapsed_ms(x), exchange_waiter(x));
        exchange_goto(x, &gate_check_post[1]);
        return exchange_wait(x, OK);
    }
    if (!complete && s->c.facts != NULL && s->c.code_says == WHY_OK)
        s->c.code_says = WHY_STALE; /* the firm or the site is still on its way here */
    gate_look_health(x, s);
    name_pass(x, s);
    if (!err_is(e))
        e = gate_look_earlier(x, s);
    if (!err_is(e) && !s->repeated)
        decide(x, s);
    registry_leave(app->reader);
    gate_look_away(s);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

/* -- record ----------------------------------------------------------------------------------- */

/* The next scan of this code is a new question. */
static void forget(struct exchange *x, struct gate_check *s)
{
    recent_drop(recent_of(x), &s->pass);
    if (s->claimed)
        recent_forget(recent_of(x), &s->use);
}

static enum step gate_record(struct exchange *x)
{
    struct gate_check *s = x->state;
    const struct shared *shared = app_of(x)->shared;
    int64_t wait_ms = DEVICE_MS - ANSWER_MS - elapsed_ms(x);
    struct err e;

    if (s->repeated && s->receipt.recorded > RECENT_NONE)
        return STEP_NEXT;
    if (wait_ms > shared->pass_ms)
        wait_ms = shared->pass_ms;
    if (!s->repeated)
        recent_answered(shared->recent, &s->pass, RECENT_PENDING);
    if (s->claimed && s->answer.verdict != VERDICT_OPEN)
        recent_release(shared->recent, &s->use);
    /* A repeated question whose answer is still on its way records the same row: one of the two is
     * then found to be there, and both are answered once it is safe. */
    e = passes_record(app_of(x)->passes, &s->pass, wait_ms > 0 ? wait_ms : 0, &s->receipt,
                      exchange_waiter(x));
    if (!err_is(e))
        return exchange_wait(x, OK);
    if (s->c.direction == DIRECTION_OUT)
        return STEP_NEXT; /* leaving waits for nobody: recorded none */
    forget(x, s);
    return exchange_fail(x, e);
}

/* -- tell ------------------------------------------------------------------------------------- */

/* Under this number another pass was stored, by another server or before this one started. */
static struct err take_stored(struct exchange *x, struct gate_check *s)
{
    struct pass stored = s->receipt.stored;

    if (pass_is_same_question(&stored, &s->pass)) {
        gate_repeat(s, &stored, RECENT_DB);
        recent_answered(recent_of(x), &stored, RECENT_DB);
        return OK;
    }
    forget(x, s);
    if (s->c.direction == DIRECTION_IN)
        return err_field(ERR_PASS_REUSED, "/seq", NULL);
    s->receipt.recorded = RECENT_NONE;
    return OK;
}

/* Takes the place of what was decided, and goes into the row. */
static void tell_otherwise(struct gate_check *s, struct gate_after after)
{
    const struct engine *engine = engine_now();

    int32_t site_version = s->c.site != NULL ? s->site.version : 0;
    int32_t device_version = s->c.device != NULL ? s->device.version : 0;

    after.rule_moved = s->repeated && (s->pass.site_version != site_version ||
                                       s->pass.device_version != device_version);
    engine->tell(&s->c, &after, &s->answer);
    gate_after_keep(&after, &s->answer, &s->pass);
}

/* Nowhere on disk: the site's `unrecorded` rule. */
static void tell_unrecorded(struct exchange *x, struct gate_check *s)
{
    forget(x, s);
    tell_otherwise(s, (struct gate_after){.unrecorded = true});
    log_event(LOG_ERROR, x->id, "pass_unrecorded", log_number("gate", s->pass.gate_id),
              log_text("verdict", verdict_kind_name(s->answer.verdict)));
}

/* Too late for the device: the site's `late` rule, and a row that says so. */
static void tell_late(struct exchange *x, struct gate_check *s)
{
    forget(x, s);
    tell_otherwise(s, (struct gate_after){.late = true});
    s->pass.told = 1;
    s->pass.decided_at = clock_wall_us();
    pass_stamp(&s->pass, s->case_hash);
    if (err_is(passes_record(app_of(x)->passes, &s->pass, app_of(x)->shared->pass_ms, NULL,
                             (struct waiter){NULL, NULL})))
        s->receipt.recorded = RECENT_NONE;
}

static enum step gate_tell(struct exchange *x)
{
    struct gate_check *s = x->state;
    struct shared *shared = app_of(x)->shared;
    struct text answer;

    if (s->receipt.was_there) {
        struct err e = take_stored(x, s);

        if (err_is(e))
            return exchange_fail(x, e);
    }
    if (s->receipt.recorded <= RECENT_NONE)
        tell_unrecorded(x, s);
    else if (!s->repeated)
        recent_answered(shared->recent, &s->pass, s->receipt.recorded);
    if (elapsed_ms(x) > DEVICE_MS && s->c.direction == DIRECTION_IN)
        tell_late(x, s);
    passes_learn(shared, &s->pass);
    metrics_gate(shared->metrics, &s->answer, clock_monotonic_us() - x->started_us);
    answer = gate_answer_render(x, &(struct gate_telling){
                                       .pass = &s->pass,
                                       .rule = s->c.site != NULL ? &s->site.rule : NULL,
                                       .name = s->name,
                                       .photo = s->photo,
                                       .recorded = s->receipt.recorded,
                                   });
    if (answer.at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer_json(x, 200, answer);
}

step_fn *const gate_check_post[] = {gate_read, gate_look, gate_record, gate_tell, NULL};
