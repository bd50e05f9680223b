#include "domain/policy.h"

#include <string.h>

#include "base/choice.h"
#include "base/json.h"
#include "domain/pointer.h"
#include "domain/policy_rules.h"
#include "scoring/semantics.h"

enum { WORDS_POINTS_MAX = 300, BASIS_MAX = 6, TITLE_POINTS_MAX = 100 };

static const char marks[] = "SEED|LAW|PUB|RECALL|INF";

/* -- words -------------------------------------------------------------------------------------- */

static struct policy_words read_words(struct cursor *of, const char *language)
{
    struct cursor c = cursor_open(of->reader, cursor_get(of, language), cursor_path(of, language));
    struct policy_words words = {
        .what = cursor_string(&c, "what", WORDS_POINTS_MAX),
        .remedy = cursor_string(&c, "remedy", WORDS_POINTS_MAX),
        .help = cursor_string(&c, "help", WORDS_POINTS_MAX),
    };

    cursor_close(&c);
    return words;
}

/* Words for every reason in `codes`, and for no other. */
static void read_texts(struct cursor *rule, uint32_t codes, struct policy_rule_text *out)
{
    struct cursor c = cursor_open(rule->reader, cursor_get(rule, "texts"),
                                  cursor_path(rule, "texts"));
    struct policy_reason *reasons = arena_new_array(rule->reader->arena, REASON_COUNT,
                                                    struct policy_reason);

    for (unsigned code = 0; reasons != NULL && code < REASON_COUNT; code++) {
        const char *name = reason_name(code);
        struct cursor of;

        if ((codes >> code & 1) == 0)
            continue;
        of = cursor_open(rule->reader, cursor_get(&c, name), cursor_path(&c, name));
        reasons[out->reason_count].code = (uint8_t)code;
        reasons[out->reason_count].zh = read_words(&of, "zh");
        reasons[out->reason_count++].en = read_words(&of, "en");
        cursor_close(&of);
    }
    out->reasons = reasons;
    cursor_close(&c);
}

static const struct policy_basis *read_basis(struct cursor *of, uint8_t *basis_count)
{
    size_t count;
    const json_t *array = cursor_array(of, "basis", 1, BASIS_MAX, &count);
    struct policy_basis *basis = arena_new_array(of->reader->arena, BASIS_MAX, struct policy_basis);

    for (size_t i = 0; basis != NULL && i < count; i++) {
        const char *path = pointer_index(of->reader->arena, cursor_path(of, "basis"), i);
        struct cursor c = cursor_open(of->reader, json_array_get(array, i), path);

        basis[i].text = cursor_string(&c, "text", WORDS_POINTS_MAX);
        basis[i].mark = cursor_string(&c, "mark", 8);
        if (choice_find(marks, text_of(basis[i].mark)) < 0)
            policy_refuse(of->reader, cursor_path(&c, "mark"), marks);
        cursor_close(&c);
    }
    *basis_count = (uint8_t)count;
    return basis;
}

/* -- when a site is warned ---------------------------------------------------------------------- */

static void read_alert_text(struct cursor *alert, struct policy_alert_text *out)
{
    struct cursor c = cursor_open(alert->reader, cursor_get(alert, "texts"),
                                  cursor_path(alert, "texts"));

    out->zh = read_words(&c, "zh");
    out->en = read_words(&c, "en");
    cursor_close(&c);
    out->basis = read_basis(alert, &out->basis_count);
}

static void read_site_alert(struct cursor *of, struct policy_document *out)
{
    struct site_alert_rule *alert = &out->policy.site_alert;
    const json_t *object = cursor_find(of, "site_alert");
    struct cursor c;

    if (object == NULL)
        return;
    c = cursor_open(of->reader, object, cursor_path(of, "site_alert"));
    alert->yellow_over_percent = (uint8_t)cursor_int(&c, "yellow_over_percent", 1, 100, "1..100");
    alert->red_over = (uint16_t)cursor_int(&c, "red_over", 0, 1000, "0..1000 people");
    alert->days = (uint8_t)cursor_int(&c, "days", 1, 90, "1..90 days");
    alert->then = (uint8_t)cursor_choice(&c, "then", "report|stop_work", -1);
    if (cursor_has(&c, "not_counted"))
        alert->not_counted = cursor_choices(&c, "not_counted", policy_reason_choices, 0);
    read_alert_text(&c, &out->alert_text);
    cursor_close(&c);
}

/* -- the document ------------------------------------------------------------------------------- */

static void read_rules(struct cursor *c, struct policy_document *out)
{
    size_t count;
    const json_t *array = cursor_array(c, "rules", 1, POLICY_RULES_MAX, &count);
    struct rule *rules = arena_new_array(c->reader->arena, POLICY_RULES_MAX, struct rule);
    struct policy_rule_text *texts = arena_new_array(c->reader->arena, POLICY_RULES_MAX,
                                                     struct policy_rule_text);

    if (rules == NULL || texts == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *path = pointer_index(c->reader->arena, "/rules", i);
        struct cursor rule = cursor_open(c->reader, json_array_get(array, i), path);
        uint32_t codes = policy_rule_read(&rule, &rules[i]);

        if (policy_refused(c->reader))
            return;
        texts[i].basis = read_basis(&rule, &texts[i].basis_count);
        read_texts(&rule, codes, &texts[i]);
        cursor_close(&rule);
    }
    out->policy.rules = rules;
    out->policy.rule_count = (uint8_t)count;
    out->texts = texts;
}

static void copy_word(struct cursor *c, const char *key, char *to, size_t bytes_max)
{
    const char *from = cursor_string(c, key, bytes_max - 1);
    size_t bytes = strlen(from);

    if (bytes > bytes_max - 1 || strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                              "0123456789-_.") != bytes) {
        policy_refuse(c->reader, cursor_path(c, key), "letters, digits and -_. , at most 31");
        return;
    }
    memcpy(to, from, bytes + 1);
}

/* "" is everywhere; else 2, 4 or 6 digits of GB/T 2260. */
static void read_region(struct cursor *c, struct policy *policy)
{
    const json_t *value = cursor_get(c, "region");
    const char *region = json_string_value(value);

    if (region == NULL || json_string_length(value) > REGION_BYTES ||
        json_string_length(value) % 2 != 0 || strspn(region, "0123456789") != strlen(region)) {
        policy_refuse(c->reader, cursor_path(c, "region"), "\"\" or 2, 4 or 6 digits");
        return;
    }
    memcpy(policy->region, region, strlen(region) + 1);
}

static uint16_t read_semantics(struct cursor *c)
{
    static const char expected[] = "1, the only semantics of this program";
    uint16_t number = (uint16_t)cursor_int(c, "semantics", 1, UINT16_MAX, expected);

    if (semantics_find(number) == NULL)
        policy_refuse(c->reader, cursor_path(c, "semantics"), expected);
    return number;
}

static void read_title(struct cursor *c, struct policy_document *out)
{
    struct cursor title = cursor_open(c->reader, cursor_get(c, "title"), cursor_path(c, "title"));

    out->title_zh = cursor_string(&title, "zh", TITLE_POINTS_MAX);
    out->title_en = cursor_string(&title, "en", TITLE_POINTS_MAX);
    cursor_close(&title);
}

static void read_document(struct cursor *c, struct policy_document *out)
{
    struct policy *policy = &out->policy;

    (void)cursor_int(c, "format", 1, 1, "1");
    policy->number = (uint32_t)cursor_int(c, "number", 1, INT32_MAX, "1..2147483647");
    policy->semantics = read_semantics(c);
    copy_word(c, "id", policy->id, sizeof policy->id);
    read_region(c, policy);
    policy->from = cursor_day(c, "effective", DAY_UNKNOWN);
    policy->until = cursor_day(c, "until", DAY_NEVER);
    if (policy->until <= policy->from)
        policy_refuse(c->reader, "/until", "a later day than effective");
    policy->yellow_gate = (uint8_t)cursor_choice(c, "yellow_gate", "deny|allow_restricted|allow",
                                                 -1);
    policy->pre_shift = (uint8_t)cursor_choice(c, "pre_shift", "off|flag|refuse", PRE_SHIFT_OFF);
    read_site_alert(c, out);
    policy->exempt = cursor_trades(c, "exempt_trades");
    read_title(c, out);
    read_rules(c, out);
    cursor_close(c);
    if (!policy_refused(c->reader))
        policy_rules_check(c->reader, policy);
}

struct err policy_compile(struct text json, struct arena *arena, struct policy_document *out)
{
    struct policy_reader reader = {arena, OK};
    struct cursor c;
    json_t *document;
    struct err e = json_read(json, &document);

    memset(out, 0, sizeof *out);
    if (err_is(e))
        return e;
    c = cursor_open(&reader, document, "");
    if (!policy_refused(&reader))
        read_document(&c, out);
    json_decref(document);
    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    return reader.first;
}

/* -- use ---------------------------------------------------------------------------------------- */

const struct policy_rule_text *policy_rule_text(const struct policy_document *document,
                                                const struct reason *reason)
{
    CHECK(reason->rule < document->policy.rule_count);
    return &document->texts[reason->rule];
}

const struct policy_reason *policy_explain(const struct policy_document *document,
                                           const struct reason *reason)
{
    const struct policy_rule_text *text = policy_rule_text(document, reason);

    for (unsigned i = 0; i < text->reason_count; i++) {
        if (text->reasons[i].code == reason->code)
            return &text->reasons[i];
    }
    return NULL;
}

static bool applies(const struct policy *policy, struct text region, day_t day)
{
    return policy->from <= day && day < policy->until &&
           text_starts(region, text_of(policy->region));
}

static bool goes_before(const struct policy *a, const struct policy *b)
{
    size_t left = strlen(a->region), right = strlen(b->region);

    if (left != right)
        return left > right;
    return a->from != b->from ? a->from > b->from : a->number > b->number;
}

const struct policy_document *policy_find(const struct policy_set *set, struct text region,
                                          day_t day)
{
    const struct policy_document *best = NULL;

    for (size_t i = 0; i < set->count; i++) {
        const struct policy_document *d = set->documents[i];

        if (applies(&d->policy, region, day) &&
            (best == NULL || goes_before(&d->policy, &best->policy)))
            best = d;
    }
    return best;
}
