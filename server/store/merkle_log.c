#include "store/merkle_log.h"

/* -- heads ---------------------------------------------------------------------------------------- */

static struct err decode_last(void *into, const struct rows *rows)
{
    struct log_head_row *head = into;

    if (rows->count > 0)
        *head = (struct log_head_row){
            .sequence = row_int64(rows, 0, LOG_LAST_SEQUENCE),
            .size = row_int64(rows, 0, LOG_LAST_SIZE),
            .at = row_timestamptz(rows, 0, LOG_LAST_AT),
            .root = row_text(rows, 0, LOG_LAST_ROOT),
            .server_id = row_text(rows, 0, LOG_LAST_SERVER_ID),
            .age_ms = row_int64(rows, 0, LOG_LAST_AGE_MS),
            .leaves = row_int64(rows, 0, LOG_LAST_LEAVES),
        };
    return OK;
}

void log_last(struct batch *b, struct log_head_row *into)
{
    *into = (struct log_head_row){0};
    batch_add(b, SQL_LOG_LAST, NULL, decode_last, into);
}

static struct err decode_head(void *into, const struct rows *rows)
{
    struct log_head_row *head = into;

    if (rows->count > 0)
        *head = (struct log_head_row){
            .sequence = row_int64(rows, 0, LOG_HEAD_FIND_SEQUENCE),
            .size = row_int64(rows, 0, LOG_HEAD_FIND_SIZE),
            .at = row_timestamptz(rows, 0, LOG_HEAD_FIND_AT),
            .root = row_text(rows, 0, LOG_HEAD_FIND_ROOT),
            .signed_bytes = row_text(rows, 0, LOG_HEAD_FIND_SIGNED),
        };
    return OK;
}

void log_head_find(struct batch *b, int64_t sequence, struct log_head_row *into)
{
    struct params *p = params_new(b);

    *into = (struct log_head_row){0};
    if (sequence != 0)
        params_int64(p, sequence);
    else
        params_null(p);
    batch_add(b, SQL_LOG_HEAD_FIND, p, decode_head, into);
}

/* -- what waits, and what it says ------------------------------------------------------------------ */

static struct err decode_pending(void *into, const struct rows *rows)
{
    struct log_pending_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct log_pending_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = (struct log_pending_row){
            row_int64(rows, i, LOG_PENDING_ID),
            {(unsigned)row_int16(rows, i, LOG_PENDING_KIND),
             row_int64(rows, i, LOG_PENDING_SUBJECT), row_int64(rows, i, LOG_PENDING_NUMBER)}};
    return OK;
}

void log_pending(struct batch *b, int32_t max, struct log_pending_rows *into)
{
    struct params *p = params_new(b);

    params_int32(p, max);
    batch_add(b, SQL_LOG_PENDING, p, decode_pending, into);
}

static struct err decode_content(void *into, const struct rows *rows)
{
    struct log_contents *contents = into;

    for (int i = 0; i < rows->count; i++) {
        int64_t place = row_int64(rows, i, LOG_CONTENT_PLACE) - 1;

        CHECK(place >= 0 && (size_t)place < contents->count);
        contents->content[place] = row_text(rows, i, LOG_CONTENT_CONTENT);
        contents->at[place] = row_timestamptz(rows, i, LOG_CONTENT_AT);
    }
    return OK;
}

static struct err decode_content_passes(void *into, const struct rows *rows)
{
    struct log_contents *contents = into;

    for (int i = 0; i < rows->count; i++) {
        int64_t batch = row_int64(rows, i, LOG_CONTENT_PASSES_BATCH);

        for (size_t j = 0; j < contents->count; j++) {
            if (contents->keys[j].kind != LOG_LEAF_PASSES || contents->keys[j].subject != batch)
                continue;
            contents->content[j] = row_text(rows, i, LOG_CONTENT_PASSES_CONTENT);
            contents->at[j] = row_timestamptz(rows, i, LOG_CONTENT_PASSES_AT);
        }
    }
    return OK;
}

static void ask_passes(struct batch *b, const int64_t *subjects, const int16_t *kinds,
                       int64_t *batches, struct log_contents *contents)
{
    struct params *p;
    size_t count = 0;

    for (size_t i = 0; i < contents->count; i++) {
        if (kinds[i] == LOG_LEAF_PASSES)
            batches[count++] = subjects[i];
    }
    if (count == 0)
        return;
    p = params_new(b);
    params_int64_array(p, batches, count);
    batch_add(b, SQL_LOG_CONTENT_PASSES, p, decode_content_passes, contents);
}

struct err log_contents_load(struct batch *b, struct arena *arena, struct log_contents *contents)
{
    size_t count = contents->count;
    int16_t *kinds = arena_new_array(arena, count, int16_t);
    int64_t *subjects = arena_new_array(arena, count, int64_t);
    int64_t *numbers = arena_new_array(arena, count, int64_t);
    int64_t *batches = arena_new_array(arena, count, int64_t);
    struct params *p = params_new(b);

    contents->content = arena_new_array(arena, count, struct text);
    contents->at = arena_new_array(arena, count, int64_t);
    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = (int16_t)contents->keys[i].kind;
        subjects[i] = contents->keys[i].subject;
        numbers[i] = contents->keys[i].number;
    }
    params_int16_array(p, kinds, count);
    params_int64_array(p, subjects, count);
    params_int64_array(p, numbers, count);
    batch_add(b, SQL_LOG_CONTENT, p, decode_content, contents);
    ask_passes(b, subjects, kinds, batches, contents);
    return OK;
}

/* -- leaves and nodes ------------------------------------------------------------------------------ */

void log_nodes_want(struct log_nodes *nodes, unsigned level, uint64_t index)
{
    CHECK(nodes->count < LOG_NODES_MAX);
    nodes->rows[nodes->count++] = (struct log_node_row){.level = level, .index = index};
}

const char *log_nodes_hash(const struct log_nodes *nodes, unsigned level, uint64_t index)
{
    for (size_t i = 0; i < nodes->count; i++) {
        if (nodes->rows[i].level == level && nodes->rows[i].index == index)
            return nodes->rows[i].hash.at;
    }
    return NULL;
}

static struct err decode_nodes(void *into, const struct rows *rows)
{
    struct log_nodes *nodes = into;

    for (int i = 0; i < rows->count; i++) {
        unsigned level = (unsigned)row_int16(rows, i, LOG_NODES_LEVEL);
        uint64_t index = (uint64_t)row_int64(rows, i, LOG_NODES_INDEX);

        for (size_t j = 0; j < nodes->count; j++) {
            if (nodes->rows[j].level == level && nodes->rows[j].index == index)
                nodes->rows[j].hash = row_text(rows, i, LOG_NODES_HASH);
        }
    }
    return OK;
}

struct err log_nodes_load(struct batch *b, struct arena *arena, struct log_nodes *nodes)
{
    int16_t *levels = arena_new_array(arena, nodes->count, int16_t);
    int64_t *indexes = arena_new_array(arena, nodes->count, int64_t);
    struct params *p = params_new(b);

    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < nodes->count; i++) {
        levels[i] = (int16_t)nodes->rows[i].level;
        indexes[i] = (int64_t)nodes->rows[i].index;
    }
    params_int16_array(p, levels, nodes->count);
    params_int64_array(p, indexes, nodes->count);
    batch_add(b, SQL_LOG_NODES, p, decode_nodes, nodes);
    return OK;
}

static struct err decode_leaf(void *into, const struct rows *rows)
{
    struct log_leaf_row *leaf = into;

    if (rows->count == 0)
        return OK;
    leaf->index = row_int64(rows, 0, LOG_LEAF_FIND_INDEX);
    leaf->salt = row_text(rows, 0, LOG_LEAF_FIND_SALT);
    leaf->commitment = row_text(rows, 0, LOG_LEAF_FIND_COMMITMENT);
    return OK;
}

void log_leaf_find(struct batch *b, const struct log_key *key, struct log_leaf_row *into)
{
    struct params *p = params_new(b);

    *into = (struct log_leaf_row){.index = -1, .kind = key->kind};
    params_int16(p, (int16_t)key->kind);
    params_int64(p, key->subject);
    params_int64(p, key->number);
    batch_add(b, SQL_LOG_LEAF_FIND, p, decode_leaf, into);
}

static struct err decode_leaves(void *into, const struct rows *rows)
{
    struct log_leaf_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct log_leaf_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        found->rows[i] =
            (struct log_leaf_row){.index = row_int64(rows, i, LOG_LEAVES_INDEX),
                                  .kind = (unsigned)row_int16(rows, i, LOG_LEAVES_KIND),
                                  .commitment = row_text(rows, i, LOG_LEAVES_COMMITMENT)};
    return OK;
}

void log_leaves(struct batch *b, int64_t from, int64_t until, int32_t max,
                struct log_leaf_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, from);
    params_int64(p, until);
    params_int32(p, max);
    batch_add(b, SQL_LOG_LEAVES, p, decode_leaves, into);
}

/* -- looking at all of it --------------------------------------------------------------------------- */

static struct err decode_whole_leaves(void *into, const struct rows *rows)
{
    struct log_whole_leaves *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct log_whole_leaf);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = (struct log_whole_leaf){
            row_int64(rows, i, LOG_VERIFY_LEAVES_INDEX),
            {(unsigned)row_int16(rows, i, LOG_VERIFY_LEAVES_KIND),
             row_int64(rows, i, LOG_VERIFY_LEAVES_SUBJECT),
             row_int64(rows, i, LOG_VERIFY_LEAVES_NUMBER)},
            row_text(rows, i, LOG_VERIFY_LEAVES_SALT),
            row_text(rows, i, LOG_VERIFY_LEAVES_COMMITMENT)};
    return OK;
}

void log_verify_leaves(struct batch *b, int64_t from, int32_t max, struct log_whole_leaves *into)
{
    struct params *p = params_new(b);

    params_int64(p, from);
    params_int32(p, max);
    batch_add(b, SQL_LOG_VERIFY_LEAVES, p, decode_whole_leaves, into);
}

static struct err decode_heads(void *into, const struct rows *rows)
{
    struct log_head_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct log_head_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = (struct log_head_row){
            .sequence = row_int64(rows, i, LOG_VERIFY_HEADS_SEQUENCE),
            .size = row_int64(rows, i, LOG_VERIFY_HEADS_SIZE),
            .at = row_timestamptz(rows, i, LOG_VERIFY_HEADS_AT),
            .root = row_text(rows, i, LOG_VERIFY_HEADS_ROOT),
            .signed_bytes = row_text(rows, i, LOG_VERIFY_HEADS_SIGNED),
        };
    return OK;
}

void log_verify_heads(struct batch *b, int64_t after, int32_t max, struct log_head_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, after);
    params_int32(p, max);
    batch_add(b, SQL_LOG_VERIFY_HEADS, p, decode_heads, into);
}

static struct err decode_unsealed(void *into, const struct rows *rows)
{
    struct log_pending_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct log_pending_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        found->rows[i].key =
            (struct log_key){(unsigned)row_int16(rows, i, LOG_UNSEALED_KIND),
                             row_int64(rows, i, LOG_UNSEALED_SUBJECT),
                             row_int64(rows, i, LOG_UNSEALED_NUMBER)};
    return OK;
}

void log_unsealed(struct batch *b, int32_t max, struct log_pending_rows *into)
{
    struct params *p = params_new(b);

    params_int32(p, max);
    batch_add(b, SQL_LOG_UNSEALED, p, decode_unsealed, into);
}

/* -- writing --------------------------------------------------------------------------------------- */

static struct text bytes_of(const unsigned char *at, size_t bytes)
{
    return (struct text){(const char *)at, bytes};
}

static struct err put_leaves(struct batch *b, struct arena *arena, int64_t first,
                             const struct log_sealing *s)
{
    struct params *p = params_new(b);
    int16_t *kinds = arena_new_array(arena, s->count, int16_t);
    int64_t *subjects = arena_new_array(arena, s->count, int64_t);
    int64_t *numbers = arena_new_array(arena, s->count, int64_t);
    int64_t *pending = arena_new_array(arena, s->count, int64_t);
    struct text *salts = arena_new_array(arena, s->count, struct text);
    struct text *commitments = arena_new_array(arena, s->count, struct text);

    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < s->count; i++) {
        kinds[i] = (int16_t)s->pending[i].key.kind;
        subjects[i] = s->pending[i].key.subject;
        numbers[i] = s->pending[i].key.number;
        pending[i] = s->pending[i].id;
        salts[i] = bytes_of(s->salts[i], LOG_SALT_BYTES);
        commitments[i] = bytes_of(s->commitments[i], LOG_HASH_BYTES);
    }
    params_int64(p, first);
    params_int16_array(p, kinds, s->count);
    params_int64_array(p, subjects, s->count);
    params_int64_array(p, numbers, s->count);
    params_bytea_array(p, salts, s->count);
    params_bytea_array(p, commitments, s->count);
    params_int64_array(p, pending, s->count);
    batch_add(b, SQL_LOG_LEAF_INSERT, p, NULL, NULL);
    return OK;
}

static struct err put_nodes(struct batch *b, struct arena *arena, const struct log_sealing *s)
{
    struct params *p = params_new(b);
    int16_t *levels = arena_new_array(arena, s->node_count, int16_t);
    int64_t *indexes = arena_new_array(arena, s->node_count, int64_t);
    struct text *hashes = arena_new_array(arena, s->node_count, struct text);

    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < s->node_count; i++) {
        levels[i] = (int16_t)s->nodes[i].level;
        indexes[i] = (int64_t)s->nodes[i].index;
        hashes[i] = s->nodes[i].hash;
    }
    params_int16_array(p, levels, s->node_count);
    params_int64_array(p, indexes, s->node_count);
    params_bytea_array(p, hashes, s->node_count);
    batch_add(b, SQL_LOG_NODE_INSERT, p, NULL, NULL);
    return OK;
}

static void put_head(struct batch *b, const struct log_head_row *head)
{
    struct params *p = params_new(b);

    params_int64(p, head->sequence);
    params_int64(p, head->size);
    params_bytea(p, head->root);
    params_timestamptz(p, head->at);
    params_bytea(p, head->server_id);
    params_bytea(p, head->signed_bytes);
    batch_add(b, SQL_LOG_HEAD_INSERT, p, NULL, NULL);
}

struct err log_seal(struct batch *b, struct arena *arena, int64_t first,
                    const struct log_sealing *sealing)
{
    struct err e = OK;

    if (sealing->count > 0)
        e = put_leaves(b, arena, first, sealing);
    if (!err_is(e) && sealing->node_count > 0)
        e = put_nodes(b, arena, sealing);
    put_head(b, &sealing->head);
    return e;
}
