/* clients/gate/hand_in.c: what the gate decided by itself is handed in, oldest first, until nothing
 * waits. The server answers each receipt by itself and knows them by (epoch, seq), so one that it
 * has already, because its answer was lost, is simply taken. */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "clients/gate/sync_private.h"

enum { ITEM_BYTES = 2 * RECEIPT_BYTES_MAX }; /* base32 takes 8 characters for 5 bytes */

/* -- writing --------------------------------------------------------------------------------------- */

/* {"receipts":["JA1.…", …]} */
static void write_body(const struct waiting *rows, size_t count, struct build *out)
{
    char text[ITEM_BYTES];
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    json_open_array(&w, "receipts");
    for (size_t i = 0; i < count; i++) {
        struct build receipt = build_over(text, sizeof text);

        envelope_format_text(rows[i].bytes, &receipt);
        json_put_text(&w, NULL, build_done(&receipt));
    }
    json_close_array(&w);
    json_close_object(&w);
    CHECK(!out->full);
}

/* -- reading --------------------------------------------------------------------------------------- */

/* What sending again would not change: somebody has to look at these. A key can still be registered. */
static const char *refusal_of(const json_t *item)
{
    int64_t status = json_int_at(item, "status");
    const char *code = json_string_at(item, "code");

    return status >= 400 && status < 500 && status != 429 &&
                   strcmp(code, err_row(ERR_RECEIPT_KEY)->code) != 0
               ? code
               : NULL;
}

static size_t read_items(const json_t *items, const struct waiting *rows, size_t count,
                         struct handed *handed)
{
    size_t taken = 0;

    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(items, i);
        int64_t status = json_int_at(item, "status");

        if (refusal_of(item) == NULL && (status < 200 || status > 299))
            continue; /* not now */
        handed[taken++] = (struct handed){rows[i].epoch, rows[i].seq, refusal_of(item)};
        if (refusal_of(item) != NULL)
            log_event(LOG_ERROR, 0, "receipt_refused", log_number("epoch", rows[i].epoch),
                      log_number("seq", rows[i].seq), log_text("code", refusal_of(item)));
    }
    return taken;
}

static enum stepped take_answer(struct sync *sync, const struct answer *answer,
                                const struct waiting *rows, size_t count)
{
    const json_t *items = json_object_get(answer->json, "items");
    struct handed handed[WAITING_AT_ONCE];
    size_t taken;

    if (json_array_size(items) != count)
        return sync_ill(sync, "the server answered for another number of receipts");
    taken = read_items(items, rows, count, handed);
    if (err_is(book_handed(&sync->book, handed, taken, sync_clock(sync))))
        return sync_ill(sync, "the disk");
    return taken > 0 ? STEPPED_WELL : sync_ill(sync, "the server took no receipt");
}

/* -- a batch --------------------------------------------------------------------------------------- */

static enum stepped hand_in_some(struct sync *sync, size_t *count)
{
    struct waiting rows[WAITING_AT_ONCE];
    struct err e = book_waiting(&sync->book, &sync->arena, rows, count);
    struct answer answer;
    struct build body;
    enum stepped end;
    char *at;

    if (err_is(e))
        return sync_ill(sync, err_row(e.code)->code);
    if (*count == 0)
        return STEPPED_WELL;
    at = arena_alloc(&sync->arena, 64 + *count * ITEM_BYTES);
    if (at == NULL)
        return sync_ill(sync, "memory");
    body = build_over(at, 64 + *count * ITEM_BYTES);
    write_body(rows, *count, &body);
    client_ask(sync->client,
               &(struct question){.method = "POST",
                                  .path = "/v1/gate/passes",
                                  .key = sync->parts.key,
                                  .body = body.at,
                                  .body_bytes = body.bytes},
               &answer);
    end = sync_ended(sync, sync_judge_answer(sync, &answer));
    if (end == STEPPED_WELL)
        end = take_answer(sync, &answer, rows, *count);
    answer_clear(&answer);
    return end;
}

static void prune(struct sync *sync)
{
    time_us now = sync_clock(sync);
    int64_t kept_us = sync->parts.settings->keep_days * 86400 * US_PER_SECOND;

    if (err_is(book_prune(&sync->book, now - kept_us, now / US_PER_SECOND)))
        log_event(LOG_ERROR, 0, "receipts_not_pruned");
}

enum stepped sync_hand_in(struct sync *sync)
{
    enum stepped end;
    size_t count;

    do {
        end = hand_in_some(sync, &count);
        arena_clear(&sync->arena);
    } while (end == STEPPED_WELL && count == WAITING_AT_ONCE && !sync->stopping);
    prune(sync);
    return end;
}
