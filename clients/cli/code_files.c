#include "clients/cli/code_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "clients/cli/exit.h"

struct err signed_file_read(const char *name, char *to, size_t max, struct text *content)
{
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    size_t bytes;
    bool whole;

    if (in == NULL)
        return err_make(ERR_FILE_UNREADABLE);
    bytes = fread(to, 1, max, in);
    whole = bytes < max || fgetc(in) == EOF;
    whole = whole && ferror(in) == 0;
    if (in != stdin)
        (void)fclose(in); /* it was only read */
    if (!whole)
        return err_make(bytes == max ? ERR_TOO_LARGE : ERR_FILE_UNREADABLE);
    *content = (struct text){to, bytes};
    return OK;
}

int file_complain(const char *verb, const char *file, struct err e)
{
    fprintf(stderr, "jianan %s: %s: %s%s%s%s%s\n", verb, file, err_row(e.code)->en,
            e.field != NULL ? ": " : "", e.field != NULL ? e.field : "",
            e.expected != NULL ? ", expected " : "", e.expected != NULL ? e.expected : "");
    return CLI_INPUT;
}

static int refuse(const char *what, const char *file, enum token_why why)
{
    fprintf(stderr, "jianan code: %s: not accepted as a %s: %s\n", file, what,
            token_why_name(why));
    return CLI_INPUT;
}

/* JSON begins with a brace, the signed form with COSE's tag. */
struct err trust_load(const char *file, const struct trust_list *roots, int64_t now_s,
                      struct trust_list *trust)
{
    static char content[TRUST_BYTES_MAX];
    struct text text = {NULL, 0};
    enum token_why why;
    struct err e = signed_file_read(file, content, sizeof content, &text);

    *trust = (struct trust_list){0};
    if (err_is(e))
        return e;
    if (text.bytes == 0 || (unsigned char)text.at[0] != 0xD2)
        return roots == NULL ? trust_list_parse(text, trust)
                             : err_field(ERR_CRYPTO, "signature", "a list signed by a root");
    why = trust_list_read(text, roots, now_s, TOKEN_SKEW_S, trust);
    return why == TOKEN_OK ? OK
                           : err_field(ERR_CRYPTO, token_why_name(why), "a list signed by a root");
}

/* -- status lists ------------------------------------------------------------------------------ */

/* Splits off what stands behind the last separator. */
static struct text cut_last(struct text *whole, char separator)
{
    size_t from = whole->bytes;
    struct text last;

    while (from > 0 && whole->at[from - 1] != separator)
        from--;
    last = (struct text){whole->at + from, whole->bytes - from};
    whole->bytes = from > 0 ? from - 1 : 0;
    return last;
}

/* <issuer>/lists/<region>/<number>/<day>: false for anything else. */
static bool read_sub(struct text sub, struct text *day, uint32_t *number)
{
    int64_t value;
    struct text region;

    *day = cut_last(&sub, '/');
    if (!text_to_int(cut_last(&sub, '/'), 0, UINT32_MAX, &value))
        return false;
    *number = (uint32_t)value;
    region = cut_last(&sub, '/');
    return day->bytes == 10 && region.bytes > 0 && text_is(cut_last(&sub, '/'), "lists");
}

static bool is_local_day(struct text day, int64_t now_s)
{
    struct local_time now = clock_local(now_s * US_PER_SECOND);
    char today[32];

    snprintf(today, sizeof today, "%04d-%02d-%02d", now.year, now.month, now.day);
    return text_is(day, today);
}

static bool find_status(void *arg, uint64_t index, struct code_status *status)
{
    const struct signed_files *files = arg;
    const struct list_file *newest = NULL;
    unsigned value = 0;

    for (unsigned i = 0; i < files->list_count; i++) {
        const struct list_file *list = &files->lists[i];

        if (list->is_today && list->number == index >> STATUSLIST_SLOT_BITS &&
            (newest == NULL || list->iat > newest->iat))
            newest = list;
    }
    if (newest == NULL)
        return false;
    *status = (struct code_status){.iat = newest->iat, .exp = newest->exp};
    status->is_beyond = !statuslist_at(newest->packed, newest->packed_bytes, STATUSLIST_BITS,
                                       index & (STATUSLIST_ENTRIES - 1), &value);
    status->status = value;
    return true;
}

/* A list that is over is still read: what it would have said is stale, which is an answer. */
static enum token_why judge_list(const struct statuslist *list, const struct code_gate *gate)
{
    enum token_why why = statuslist_judge(list, gate->trust, gate->now_s, gate->skew_s);

    if (why == TOKEN_EXPIRED || why == TOKEN_NOT_YET)
        return TOKEN_OK;
    return why == TOKEN_OK && list->bits != STATUSLIST_BITS ? TOKEN_FORMAT : why;
}

int list_load(struct signed_files *files, const char *file, const struct code_gate *gate)
{
    static char content[STATUSLIST_BYTES_MAX];
    struct list_file *into = &files->lists[files->list_count];
    struct text bytes = {NULL, 0}, day;
    struct statuslist list;
    enum token_why why;
    struct err e = signed_file_read(file, content, sizeof content, &bytes);

    files->code_lists = (struct code_lists){.find = find_status, .arg = files};
    if (!err_is(e) && files->list_count == LISTS_MAX)
        e = err_field(ERR_TOO_LARGE, "list", "256 lists at most");
    if (err_is(e))
        return file_complain("code", file, e);
    why = statuslist_read(bytes, &list);
    if (why == TOKEN_OK)
        why = judge_list(&list, gate);
    if (why == TOKEN_OK && !read_sub(list.claims.sub, &day, &into->number))
        why = TOKEN_FORMAT;
    if (why != TOKEN_OK)
        return refuse("status list", file, why);
    into->packed = malloc(STATUSLIST_PACKED_BYTES);
    CHECK_ALLOCATED(into->packed);
    if (!statuslist_inflate_any(list.lst, into->packed, STATUSLIST_PACKED_BYTES,
                                &into->packed_bytes)) {
        free(into->packed);
        return refuse("status list", file, TOKEN_FORMAT);
    }
    into->iat = list.claims.iat;
    into->exp = list.claims.exp != 0 ? list.claims.exp : INT64_MAX / 2;
    into->is_today = is_local_day(day, gate->now_s);
    files->list_count++;
    return CLI_DONE;
}

/* -- the roster -------------------------------------------------------------------------------- */

static bool find_row(void *arg, uint64_t index, struct roster_row *row)
{
    return roster_find(arg, index, row);
}

int roster_load(struct signed_files *files, const char *file, const struct code_gate *gate)
{
    static char content[ROSTER_BYTES_MAX];
    struct text bytes = {NULL, 0};
    enum token_why why = TOKEN_FORMAT;
    struct err e = signed_file_read(file, content, sizeof content, &bytes);

    files->code_roster = (struct code_roster){.find = find_row, .arg = &files->roster};
    if (err_is(e))
        return file_complain("code", file, e);
    if (roster_read(bytes, &files->roster))
        why = roster_judge(&files->roster, gate->trust, gate->now_s, gate->skew_s);
    if (why == TOKEN_EXPIRED)
        why = TOKEN_OK;
    if (why != TOKEN_OK)
        return refuse("roster", file, why);
    if (gate->site != 0 && gate->site != files->roster.head.site) {
        fprintf(stderr, "jianan code: %s: a roster of site %llu, not of --site %llu\n", file,
                (unsigned long long)files->roster.head.site, (unsigned long long)gate->site);
        return CLI_INPUT;
    }
    files->code_roster.head = files->roster.head;
    return CLI_DONE;
}

void signed_files_clear(struct signed_files *files)
{
    for (unsigned i = 0; i < files->list_count; i++)
        free(files->lists[i].packed);
    *files = (struct signed_files){0};
}
