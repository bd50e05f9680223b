#include "support/replayer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scoring/day.h"
#include "support/pg_fixture.h"

static void die(const char *what)
{
    fprintf(stderr, "replayer: %s\n", what);
    abort();
}

static void read_line(struct replayed *out, const char *line, bool *counted)
{
    json_t *json = json_loads(line, 0, NULL);

    if (json == NULL)
        die(line);
    *counted = json_object_get(json, "equal") != NULL;
    if (*counted) {
        out->passes = json_integer_value(json_object_get(json, "passes"));
        out->equal = json_integer_value(json_object_get(json, "equal"));
        out->elsewhere = json_integer_value(json_object_get(json, "decided_elsewhere"));
        out->different = json_integer_value(json_object_get(json, "different"));
        out->impossible = json_integer_value(json_object_get(json, "impossible"));
    } else if (out->finding[0] == '\0') {
        snprintf(out->finding, sizeof out->finding, "%s", line);
    }
    json_decref(json);
}

/* The program's standard output. */
static FILE *start(const char *span, pid_t *pid)
{
    char database[512];
    int ends[2];

    snprintf(database, sizeof database, "--database=%s", fixture_conninfo(FIXTURE_APP));
    if (pipe(ends) != 0)
        die("pipe");
    *pid = fork();
    if (*pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(JIANAN_SERVER, JIANAN_SERVER, "--replay", span, database, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    return fdopen(ends[0], "r");
}

struct replayed replay_days(const char *span)
{
    struct replayed out = {0};
    char line[4096];
    bool counted = false;
    pid_t pid;
    FILE *printed = start(span, &pid);
    int status;

    if (pid < 0 || printed == NULL)
        die("cannot start");
    while (fgets(line, sizeof line, printed) != NULL)
        read_line(&out, line, &counted);
    fclose(printed);
    if (waitpid(pid, &status, 0) != pid || !counted || !WIFEXITED(status))
        die("no counts");
    out.status = WEXITSTATUS(status);
    return out;
}

bool last_pass_is_current(void)
{
    return fixture_query_int(
               "SELECT (p.site_version = (SELECT max(version) FROM site WHERE id = p.site_id)"
               "   AND (p.org_version = 0 OR p.org_version ="
               "        (SELECT max(o.version) FROM record r JOIN org o"
               "         ON o.id = (r.body ->> 'org')::bigint"
               "         WHERE r.worker_id = p.worker_id AND r.version = p.engagement_version)"
               "       ))::int::bigint "
               "FROM pass p ORDER BY recorded_at DESC LIMIT 1") == 1;
}

static struct civil civil_of(const char *sql)
{
    return day_to_civil((day_t)fixture_query_int(sql));
}

const char *replay_span(void)
{
    static char span[32];
    struct civil from = civil_of("SELECT (min(day) - date '1900-01-01')::bigint FROM pass");
    struct civil last = civil_of("SELECT (max(day) - date '1900-01-01')::bigint FROM pass");

    snprintf(span, sizeof span, "%04d-%02d-%02d..%04d-%02d-%02d", from.year, from.month, from.day,
             last.year, last.month, last.day);
    return span;
}
