#include "base/log.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

static _Atomic int level_max = LOG_INFO;
static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_set_level(enum log_level level)
{
    atomic_store(&level_max, (int)level);
}

void log_write(enum log_level level, uint64_t id, const char *event,
               const struct log_field *fields)
{
    char line[2048], when[CLOCK_RFC3339_BYTES];
    struct build out = build_over(line, sizeof line - 1);
    struct json_writer w = json_writer_over(&out);
    ssize_t ignored;

    if ((int)level > atomic_load_explicit(&level_max, memory_order_relaxed))
        return;
    json_open_object(&w, NULL);
    json_put_text(&w, "at", clock_format(clock_wall_us(), when));
    json_put_string(&w, "level", level_names[level]);
    if (id != 0)
        json_put_int(&w, "id", (int64_t)id);
    json_put_string(&w, "event", event);
    for (; fields->key != NULL; fields++) {
        if (fields->text != NULL)
            json_put_string(&w, fields->key, fields->text);
        else
            json_put_int(&w, fields->key, fields->number);
    }
    json_close_object(&w);
    if (out.full) { /* a line is cut rather than lost; it stays one line of valid JSON */
        out = build_over(line, sizeof line - 1);
        build_format(&out, "{\"level\":\"%s\",\"event\":\"%s\",\"cut\":true}", level_names[level],
                     event);
    }
    line[out.bytes] = '\n';
    ignored = write(STDERR_FILENO, line, out.bytes + 1);
    (void)ignored;
}
