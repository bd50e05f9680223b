#include "crypto/code.h"

#include "crypto/profile.h"

enum { COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED }; /* as codes write them */
enum { STATUS_GREEN, STATUS_VOID, STATUS_RED, STATUS_YELLOW };

/* -- steps 3 to 5: is it ours, and in time ----------------------------------------------------- */

/* A clock that is known to be wrong is not asked; what it would have had to say cannot be told. */
static enum token_why is_genuine(const struct token *token, const struct code_gate *gate)
{
    enum token_why why = token_key_allows(token, gate->trust, gate->clock_bad ? -1 : gate->now_s);

    if (why == TOKEN_OK && !gate->signature_known)
        why = token_verify(token, gate->trust);
    if (why != TOKEN_OK)
        return why;
    if (gate->clock_bad)
        return TOKEN_CLOCK;
    /* Keys of a list that is over may have been removed since. */
    if (gate->trust->exp != 0 && gate->now_s >= gate->trust->exp + gate->skew_s)
        return TOKEN_STALE;
    return token_in_time(token, gate->now_s, gate->skew_s);
}

/* -- steps 6 and 7: list, roster, colour ------------------------------------------------------- */

/* What one source says, and when it said so. */
struct said {
    int colour; /* CODE_NO_COLOUR: nothing */
    int64_t iat;
    enum code_colour_from from;
};

static bool is_too_old(const struct code_status *status, const struct code_gate *gate)
{
    int64_t age_max_s = gate->lists->age_max_s;

    return gate->now_s >= status->exp + gate->skew_s || status->iat - gate->skew_s > gate->now_s ||
           (age_max_s != 0 && gate->now_s - status->iat > age_max_s);
}

/* A list can only veto. Where there is a roster, a missing list says nothing; without one it is what
 * the verdict would have to rest on. */
static enum token_why ask_list(const struct token *token, const struct code_gate *gate,
                               struct code_answer *answer, struct said *said)
{
    static const int colours[] = {[STATUS_GREEN] = COLOUR_GREEN, [STATUS_VOID] = CODE_NO_COLOUR,
                                  [STATUS_RED] = COLOUR_RED, [STATUS_YELLOW] = COLOUR_YELLOW};
    struct code_status status = {0};

    if (gate->lists == NULL)
        return TOKEN_OK;
    if (!gate->lists->find(gate->lists->arg, token->live.index, &status))
        return gate->roster != NULL ? TOKEN_OK : TOKEN_STALE;
    answer->list_iat = status.iat;
    if (is_too_old(&status, gate) ||
        (token->kind == TOKEN_BADGE && token->live.iat > status.iat)) /* its slot was free then */
        return TOKEN_STALE;
    if (status.is_beyond)
        return TOKEN_VOID;
    CHECK(status.status <= STATUS_YELLOW);
    answer->list_status = (int)status.status;
    *said = (struct said){colours[status.status], status.iat, CODE_FROM_LIST};
    return status.status == STATUS_VOID ? TOKEN_VOID : TOKEN_OK;
}

/* The policy whose colours count here, or CODE_ANY_POLICY. */
static int64_t policy_here(const struct code_gate *gate)
{
    return gate->policy == CODE_ANY_POLICY && gate->roster != NULL ? gate->roster->head.policy
                                                                   : gate->policy;
}

static struct said ask_token(const struct token *token, const struct code_gate *gate,
                             struct code_answer *answer)
{
    int64_t policy = policy_here(gate);
    struct said said = {.colour = CODE_NO_COLOUR};
    unsigned colour;

    if (token->kind == TOKEN_BADGE)
        return said;
    if (policy != CODE_ANY_POLICY && policy != token->live.policy) {
        answer->flags |= CODE_OTHER_POLICY;
        return said;
    }
    if (!token_colour_on(token, gate->today, gate->today_from_s, &colour)) {
        answer->flags |= CODE_ANOTHER_DAY;
        return said;
    }
    answer->token_colour = (int)colour;
    return (struct said){(int)colour, token->live.iat, CODE_FROM_TOKEN};
}

static struct said newer_of(struct said a, struct said b)
{
    if (a.colour == CODE_NO_COLOUR || b.colour == CODE_NO_COLOUR)
        return a.colour == CODE_NO_COLOUR ? b : a;
    return b.iat > a.iat ? b : a;
}

static void settle(struct code_answer *answer, struct said said)
{
    answer->colour = said.colour;
    answer->colour_from = said.colour == CODE_NO_COLOUR ? CODE_FROM_NOTHING : said.from;
}

static enum token_why why_of_colour(int colour)
{
    return colour == COLOUR_RED ? TOKEN_RED : colour == COLOUR_YELLOW ? TOKEN_YELLOW : TOKEN_OK;
}

/* What the roster says is said of this place. Something newer that is worse counts more; something
 * newer that is better may have left out what the place asks for. */
static enum token_why by_roster(const struct token *token, const struct code_gate *gate,
                                struct said newest, struct code_answer *answer)
{
    const struct roster_head *head = &gate->roster->head;
    struct said here;

    if (head->day != gate->today || gate->now_s >= head->exp + gate->skew_s ||
        (gate->policy != CODE_ANY_POLICY && gate->policy != head->policy))
        return TOKEN_STALE;
    answer->is_listed = gate->roster->find(gate->roster->arg, token->live.index, &answer->row);
    if (!answer->is_listed) {
        settle(answer, newest);
        return newest.colour == COLOUR_RED ? TOKEN_RED : TOKEN_NOT_LISTED;
    }
    here = (struct said){(int)answer->row.colour_here, head->iat, CODE_FROM_ROSTER};
    if (newest.colour > here.colour) {
        answer->flags |= CODE_COLOUR_DIFFERS;
        here = newer_of(here, newest);
    }
    settle(answer, here);
    return why_of_colour(here.colour);
}

static enum token_why by_colour(const struct token *token, struct said newest,
                                struct code_answer *answer)
{
    settle(answer, newest);
    if (newest.colour != CODE_NO_COLOUR || token->kind == TOKEN_BADGE)
        return why_of_colour(newest.colour);
    return (answer->flags & CODE_OTHER_POLICY) != 0 ? TOKEN_OTHER_POLICY : TOKEN_STALE;
}

static enum token_why may_enter(const struct token *token, const struct code_gate *gate,
                                struct code_answer *answer)
{
    struct said list = {.colour = CODE_NO_COLOUR}, own = ask_token(token, gate, answer);
    enum token_why why = ask_list(token, gate, answer, &list);

    if (why != TOKEN_OK)
        return why;
    if (own.colour != CODE_NO_COLOUR && list.colour != CODE_NO_COLOUR && own.colour != list.colour)
        answer->flags |= CODE_COLOUR_DIFFERS;
    if (gate->roster != NULL)
        return by_roster(token, gate, newer_of(own, list), answer);
    return by_colour(token, newer_of(own, list), answer);
}

/* -- the answer -------------------------------------------------------------------------------- */

static void conclude(struct code_answer *answer, enum token_why why)
{
    static const enum code_verdict verdicts[] = {
#define TOKEN_WHY(NAME, name, verdict) [TOKEN_##NAME] = CODE_##verdict,
#include "crypto/why.def"
#undef TOKEN_WHY
    };

    answer->why = why;
    answer->verdict = verdicts[why];
}

/* Step 8. Leaving is never refused; it is flagged. */
static void ask_memory(const struct token *token, const struct code_gate *gate,
                       struct code_answer *answer)
{
    struct code_use use = {.kind = token->kind, .index = token->live.index,
                           .time_s = token_time(token),
                           .until_s = token_dead_s(token, gate->skew_s), .site = gate->site,
                           .gate = gate->gate, .direction = gate->direction};
    struct code_answer earlier;

    if (gate->memory == NULL || token->kind == TOKEN_BADGE)
        return;
    switch (gate->memory->look(gate->memory->arg, &use, gate->now_s, &earlier)) {
    case CODE_SAME:
        *answer = earlier;
        answer->flags |= CODE_AGAIN;
        return;
    case CODE_AT_ANOTHER_GATE:
        answer->flags |= CODE_ELSEWHERE;
        if (answer->verdict != CODE_REFUSE && gate->direction != CODE_OUT)
            conclude(answer, TOKEN_REPLAYED);
        break;
    case CODE_NEW: break;
    }
    gate->memory->keep(gate->memory->arg, &use, answer);
}

void code_judge_token(const struct token *token, const struct code_gate *gate,
                      struct code_answer *answer)
{
    enum token_why why = is_genuine(token, gate);

    *answer = (struct code_answer){
        .colour = CODE_NO_COLOUR, .token_colour = CODE_NO_COLOUR, .list_status = -1, .list_iat = -1};
    if (why == TOKEN_OK)
        why = may_enter(token, gate, answer);
    else {
        conclude(answer, why);
        return;
    }
    conclude(answer, why != TOKEN_OK && gate->direction == CODE_OUT ? TOKEN_EXIT : why);
    ask_memory(token, gate, answer);
}

void code_judge(struct text code, const struct code_gate *gate, unsigned char *bytes,
                struct token *token, struct code_answer *answer)
{
    enum token_why why = token_read(code, bytes, token);

    if (why == TOKEN_OK) {
        code_judge_token(token, gate, answer);
        return;
    }
    *token = (struct token){0}; /* what was read before the fault is not vouched for */
    *answer = (struct code_answer){
        .colour = CODE_NO_COLOUR, .token_colour = CODE_NO_COLOUR, .list_status = -1, .list_iat = -1};
    conclude(answer, why);
}

/* -- names ------------------------------------------------------------------------------------- */

const char *code_verdict_name(enum code_verdict verdict)
{
    static const char *const names[] = {
        [CODE_OPEN] = "open", [CODE_REFUSE] = "refuse", [CODE_CANNOT_TELL] = "cannot_tell"};

    CHECK(verdict >= CODE_OPEN && verdict <= CODE_CANNOT_TELL);
    return names[verdict];
}

const char *code_colour_name(int colour)
{
    static const char *const names[] = {"green", "yellow", "red"};

    return colour >= 0 && colour <= PROFILE_COLOUR_MAX ? names[colour] : NULL;
}

const char *code_colour_from_name(enum code_colour_from from)
{
    static const char *const names[] = {[CODE_FROM_TOKEN] = "token", [CODE_FROM_LIST] = "list",
                                        [CODE_FROM_ROSTER] = "roster"};

    return from <= CODE_FROM_ROSTER ? names[from] : NULL;
}

const char *code_flag_name(unsigned place)
{
    static const char *const names[] = {"colour_differs", "other_policy", "another_day", "again",
                                        "elsewhere"};

    return place < sizeof names / sizeof names[0] ? names[place] : NULL;
}
