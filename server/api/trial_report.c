#include "api/trial_report.h"

#include "domain/record.h"

enum { ROWS_MAX = 50 }; /* of a table; with the longest names the report stays below 200 KiB */

static const char *const table_names[TRIAL_BYS] = {
    [TRIAL_BY_REGION] = "regions",
    [TRIAL_BY_TRADE] = "trades",
    [TRIAL_BY_ORG] = "orgs",
    [TRIAL_BY_SITE] = "sites",
};

/* {"from":"green","to":"yellow","posts":12}, the changes only. */
static void put_moves(struct json_writer *w, const struct trial_counts *counts)
{
    json_open_array(w, "changes");
    for (unsigned from = 0; from < TRIAL_COLOURS; from++) {
        for (unsigned to = 0; to < TRIAL_COLOURS; to++) {
            if (from == to || counts->from_to[from][to] == 0)
                continue;
            json_open_object(w, NULL);
            json_put_string(w, "from", colour_name((enum colour)from));
            json_put_string(w, "to", colour_name((enum colour)to));
            json_put_int(w, "posts", counts->from_to[from][to]);
            json_close_object(w);
        }
    }
    json_close_array(w);
}

/* Column sums (`now`) or row sums (`then`) of the table. */
static void put_colours(struct json_writer *w, const char *key, const struct trial_counts *counts,
                        bool then)
{
    json_open_object(w, key);
    for (unsigned colour = 0; colour < TRIAL_COLOURS; colour++) {
        uint64_t posts = 0;

        for (unsigned other = 0; other < TRIAL_COLOURS; other++)
            posts += then ? counts->from_to[other][colour] : counts->from_to[colour][other];
        json_put_int(w, colour_name((enum colour)colour), (int64_t)posts);
    }
    json_close_object(w);
}

static void put_key(struct json_writer *w, enum trial_by by, int64_t key,
                    const struct registry_reader *reader)
{
    char code[16];
    struct build b = build_over(code, sizeof code);
    const struct org *org = by == TRIAL_BY_ORG ? registry_org(reader, key) : NULL;
    const struct site *site = by == TRIAL_BY_SITE ? registry_site(reader, key) : NULL;
    const struct trade *trade = by == TRIAL_BY_TRADE ? trade_find((uint16_t)key) : NULL;

    if (by == TRIAL_BY_ORG || by == TRIAL_BY_SITE) {
        json_put_int(w, "id", key);
    } else {
        if (by == TRIAL_BY_TRADE)
            build_format(&b, "%03u", (unsigned)key);
        else if (key != 0)
            build_format(&b, "%06u", (unsigned)key);
        json_put_text(w, "code", build_done(&b));
    }
    if (org != NULL || site != NULL)
        json_put_text(w, "name", org != NULL ? org->name : site->name);
    if (trade != NULL)
        json_put_string(w, "name", trade->zh);
}

static void put_table(struct json_writer *w, const struct trial *trial, enum trial_by by,
                      const struct registry_reader *reader)
{
    struct trial_row rows[ROWS_MAX];
    size_t count = trial_most(trial, by, rows, ROWS_MAX);

    json_open_array(w, table_names[by]);
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        put_key(w, by, rows[i].key, reader);
        json_put_int(w, "posts", (int64_t)trial_posts(&rows[i].counts));
        json_put_int(w, "changed", (int64_t)trial_changed(&rows[i].counts));
        put_moves(w, &rows[i].counts);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_reasons(struct json_writer *w, const char *key, const uint32_t posts[REASON_COUNT])
{
    json_open_object(w, key);
    for (unsigned code = 0; code < REASON_COUNT; code++)
        if (posts[code] > 0)
            json_put_int(w, reason_name((enum reason_code)code), posts[code]);
    json_close_object(w);
}

static void put_examples(struct json_writer *w, enum colour from, enum colour to,
                         const struct trial_examples *examples)
{
    for (unsigned i = 0; i < examples->count; i++) {
        json_open_object(w, NULL);
        json_put_string(w, "from", colour_name(from));
        json_put_string(w, "to", colour_name(to));
        json_put_int(w, "worker", examples->example[i].worker_id);
        if (examples->example[i].site_id != 0)
            json_put_int(w, "site", examples->example[i].site_id);
        json_close_object(w);
    }
}

void trial_report(const struct trial *trial, const struct registry_reader *reader,
                  struct json_writer *w)
{
    json_open_object(w, NULL);
    json_put_int(w, "posts", (int64_t)trial_posts(&trial->total));
    json_put_int(w, "changed", (int64_t)trial_changed(&trial->total));
    json_put_int(w, "other_policy", (int64_t)trial->other_policy);
    put_colours(w, "now", &trial->total, false);
    put_colours(w, "then", &trial->total, true);
    put_moves(w, &trial->total);
    put_reasons(w, "reasons_begin", trial->began);
    put_reasons(w, "reasons_end", trial->ended);
    for (enum trial_by by = 0; by < TRIAL_BYS; by++)
        put_table(w, trial, by, reader);
    json_open_array(w, "examples");
    for (unsigned from = 0; from < TRIAL_COLOURS; from++)
        for (unsigned to = 0; to < TRIAL_COLOURS; to++)
            put_examples(w, (enum colour)from, (enum colour)to, &trial->examples[from][to]);
    json_close_array(w);
    json_close_object(w);
}
