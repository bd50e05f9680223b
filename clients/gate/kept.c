#include "clients/gate/kept.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define KEPT_FILE "kept.db"

enum { PATH_BYTES = 512 };

static const char schema[] =
    "CREATE TABLE kept(name TEXT PRIMARY KEY, etag TEXT NOT NULL, fetched_us INTEGER NOT NULL,"
    " checked_us INTEGER NOT NULL, body BLOB NOT NULL);"
    "PRAGMA user_version = 1";

static void throw_away(const char *dir)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char path[PATH_BYTES];

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, sizeof path, "%s/" KEPT_FILE "%s", dir, endings[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            log_event(LOG_ERROR, 0, "kept_not_removed", log_text("why", strerror(errno)));
    }
    log_event(LOG_WARN, 0, "kept_thrown_away");
}

struct err kept_open(struct kept *kept, const char *dir)
{
    struct err e = db_open(&kept->db, dir, KEPT_FILE, schema);

    if (e.code != ERR_DATA_REFUSED)
        return e;
    throw_away(dir);
    return db_open(&kept->db, dir, KEPT_FILE, schema);
}

void kept_close(struct kept *kept)
{
    db_close(&kept->db);
}

static void complain(struct err e, const char *name)
{
    if (err_is(e))
        log_event(LOG_ERROR, 0, "kept_unreadable", log_text("name", name),
                  log_text("why", e.detail));
}

static void take_etag(struct query *q, char etag[KEPT_ETAG_BYTES])
{
    char bytes[KEPT_ETAG_BYTES * 2];
    struct arena arena;
    struct text text;

    arena_init(&arena, sizeof bytes);
    text = take_text(q, &arena);
    snprintf(etag, KEPT_ETAG_BYTES, "%s", text.at != NULL ? text.at : "");
    arena_clear(&arena);
}

bool kept_find(struct kept *kept, const char *name, struct arena *arena, struct kept_thing *thing)
{
    struct query q = query_open(
        &kept->db, arena != NULL
                       ? "SELECT etag, fetched_us, checked_us, body FROM kept WHERE name = ?"
                       : "SELECT etag, fetched_us, checked_us FROM kept WHERE name = ?");
    bool found;
    struct err e;

    *thing = (struct kept_thing){0};
    query_text(&q, text_of(name));
    found = query_next(&q);
    if (found) {
        take_etag(&q, thing->etag);
        thing->fetched_at = take_int(&q);
        thing->checked_at = take_int(&q);
        if (arena != NULL)
            thing->body = take_text(&q, arena);
    }
    e = query_close(&q);
    complain(e, name);
    return found && !err_is(e) && (arena == NULL || thing->body.at != NULL);
}

struct err kept_put(struct kept *kept, const char *name, const struct kept_thing *thing)
{
    struct query q = query_open(&kept->db, "INSERT OR REPLACE INTO kept VALUES(?, ?, ?, ?, ?)");

    query_text(&q, text_of(name));
    query_text(&q, text_of(thing->etag));
    query_int(&q, thing->fetched_at);
    query_int(&q, thing->checked_at);
    query_bytes(&q, thing->body.at, thing->body.bytes);
    return query_run(&q);
}

struct err kept_touch(struct kept *kept, const char *name, time_us checked_at)
{
    struct query q = query_open(&kept->db, "UPDATE kept SET checked_us = ? WHERE name = ?");

    query_int(&q, checked_at);
    query_text(&q, text_of(name));
    return query_run(&q);
}

struct err kept_drop(struct kept *kept, const char *prefix)
{
    struct query q = query_open(&kept->db, "DELETE FROM kept WHERE substr(name, 1, ?) = ?");

    query_int(&q, (int64_t)strlen(prefix));
    query_text(&q, text_of(prefix));
    return query_run(&q);
}

size_t kept_names(struct kept *kept, const char *prefix, char (*names)[KEPT_NAME_BYTES], size_t max)
{
    struct query q = query_open(
        &kept->db, "SELECT name FROM kept WHERE substr(name, 1, ?) = ? ORDER BY name LIMIT ?");
    struct arena arena;
    size_t count = 0;

    arena_init(&arena, 4096);
    query_int(&q, (int64_t)strlen(prefix));
    query_text(&q, text_of(prefix));
    query_int(&q, (int64_t)max);
    while (count < max && query_next(&q)) {
        struct text name = take_text(&q, &arena);

        snprintf(names[count++], KEPT_NAME_BYTES, "%s", name.at != NULL ? name.at : "");
        arena_clear(&arena);
    }
    complain(query_close(&q), prefix);
    return count;
}
