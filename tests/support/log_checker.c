#include "support/log_checker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/pg_fixture.h"

enum { WAIT_STEPS = 1500, STEP_MS = 20, TEXT_BYTES = 512 };

static void die(const char *what)
{
    fprintf(stderr, "log_checker: %s\n", what);
    abort();
}

static FILE *start(const struct server *server, pid_t *pid)
{
    char database[TEXT_BYTES], key[TEXT_BYTES];
    int ends[2];

    snprintf(database, sizeof database, "--database=%s", fixture_conninfo(FIXTURE_APP));
    snprintf(key, sizeof key, "--signing_key=%s/signing.pem", server->dir);
    if (pipe(ends) != 0)
        die("pipe");
    *pid = fork();
    if (*pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(JIANAN_SERVER, JIANAN_SERVER, "--verify-log", database, key, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    return fdopen(ends[0], "r");
}

static bool read_counts(const char *line, struct log_checked *out)
{
    json_t *json = json_loads(line, 0, NULL);
    const json_t *bad = json_object_get(json, "first_bad");

    if (json == NULL)
        die(line);
    if (json_object_get(json, "leaves") == NULL) {
        json_decref(json);
        return false;
    }
    out->leaves = json_integer_value(json_object_get(json, "leaves"));
    out->heads = json_integer_value(json_object_get(json, "heads"));
    out->other_keys = json_integer_value(json_object_get(json, "heads_by_other_keys"));
    out->findings = json_integer_value(json_object_get(json, "findings"));
    out->first_bad = json_is_integer(bad) ? json_integer_value(bad) : -1;
    json_decref(json);
    return true;
}

struct log_checked log_check(const struct server *server)
{
    struct log_checked out = {0};
    char line[1024];
    bool counted = false;
    pid_t pid;
    FILE *printed = start(server, &pid);
    int status;

    if (pid < 0 || printed == NULL)
        die("cannot start");
    while (fgets(line, sizeof line, printed) != NULL) {
        if (read_counts(line, &out))
            counted = true;
        else if (strlen(out.said) + strlen(line) < sizeof out.said)
            strncpy(out.said + strlen(out.said), line, sizeof out.said - strlen(out.said) - 1);
    }
    fclose(printed);
    if (waitpid(pid, &status, 0) != pid || !counted || !WIFEXITED(status))
        die("no counts");
    out.status = WEXITSTATUS(status);
    return out;
}

void log_wait_sealed(void)
{
    for (int i = 0; i < WAIT_STEPS; i++) {
        if (fixture_query_int("SELECT count(*) FROM log_pending") == 0 &&
            fixture_query_int("SELECT count(*) FROM log_head") > 0)
            return;
        nanosleep(&(struct timespec){0, STEP_MS * 1000000}, NULL);
    }
    die("something is never sealed");
}
