#include "store/pass_refused.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/record.h"

enum { LINE_BYTES_MAX = 16 * 1024 };
#define YEAR_10000_US (INT64_C(253402300800) * US_PER_SECOND)

static int open_file(const char *dir, unsigned number, int flags)
{
    char path[PATH_MAX];
    int bytes = snprintf(path, sizeof path, "%s/passes-%u.refused", dir, number);

    if (bytes < 0 || (size_t)bytes >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, flags | O_CLOEXEC, 0600);
}

/* A value that is no day and no instant may be just why the pass is refused: it is written as it is. */
static void put_int(struct json_writer *w, const char *key, int64_t value)
{
    json_put_int(w, key, value);
}

static void put_day(struct json_writer *w, const char *key, day_t day)
{
    char text[DAY_TEXT_BYTES];

    if (day == DAY_UNKNOWN || day > DAY_LAST)
        json_put_int(w, key, day);
    else
        json_put_text(w, key, day_format(day, text));
}

static void put_time(struct json_writer *w, const char *key, int64_t at)
{
    char text[CLOCK_RFC3339_BYTES];

    if (at < 0 || at >= YEAR_10000_US)
        json_put_int(w, key, at);
    else
        json_put_text(w, key, clock_format(at, text));
}

#define PUT_int16 put_int
#define PUT_int32 put_int
#define PUT_int64 put_int
#define PUT_date  put_day
#define PUT_time  put_time

static void put_line(struct build *out, const struct pass *pass, const char *why)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    put_time(&w, "set_aside_at", clock_wall_us());
    json_put_string(&w, "why_refused", why);
#define PASS(name, type) PUT_##type(&w, #name, pass->name);
#include "domain/pass.def"
#undef PASS
    json_close_object(&w);
    build_char(out, '\n');
}

/* One write, so that a line is whole or is not there; the folder's entry must last as well. */
static bool append(const char *dir, unsigned number, struct text line)
{
    int file = open_file(dir, number, O_WRONLY | O_CREAT | O_APPEND);
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = file >= 0 && folder >= 0 &&
                write(file, line.at, line.bytes) == (ssize_t)line.bytes && fdatasync(file) == 0 &&
                fsync(folder) == 0;

    if (file >= 0)
        close(file);
    if (folder >= 0)
        close(folder);
    return fine;
}

struct err pass_set_aside(const char *dir, unsigned number, const struct pass *pass,
                          const char *why)
{
    char text[LINE_BYTES_MAX];
    struct build line = build_over(text, sizeof text);

    put_line(&line, pass, why);
    CHECK(!line.full);
    if (!append(dir, number, build_done(&line))) {
        log_event(LOG_ERROR, 0, "pass_refused_file", log_text("reason", strerror(errno)));
        return err_make(ERR_STORAGE_FULL);
    }
    log_event(LOG_ERROR, 0, "pass_refused", log_number("file", number),
              log_number("gate", pass->gate_id), log_number("epoch", pass->epoch),
              log_number("seq", pass->seq), log_text("why", why));
    return OK;
}

size_t passes_set_aside(const char *dir, unsigned number)
{
    char part[4096];
    size_t lines = 0;
    ssize_t got;
    int file = open_file(dir, number, O_RDONLY);

    if (file < 0)
        return 0;
    while ((got = read(file, part, sizeof part)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            lines += part[i] == '\n';
    }
    close(file);
    return lines;
}
