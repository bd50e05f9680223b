/* clients/cli/doctor.c: `jianan doctor`: what is wrong between here and the server: its address and
 * certificate, whether it is ready, the clocks, the key and what it may do.
 *
 * The role is found by asking for things that each role alone may ask for, with bodies that cannot
 * do anything: permission is judged before the body is. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"
#include "clients/http/screen.h"

enum { CLOCK_S_MAX = 30, WHAT_COLUMNS = 14 };

struct findings {
    struct session *s;
    unsigned bad;
};

static void tell(struct findings *f, bool good, const char *zh, const char *en, const char *found)
{
    printf("%s  ", good ? "✓" : "✗");
    screen_pad(stdout, f->s->reach.english ? en : zh, WHAT_COLUMNS);
    printf(" %s\n", found);
    f->bad += !good;
}

static void get(struct findings *f, const char *path, struct answer *answer)
{
    client_ask(f->s->client, &(struct question){.path = path}, answer);
}

static bool check_reach(struct findings *f)
{
    struct answer answer;
    bool good;

    get(f, "/healthz", &answer);
    good = answer_is_good(&answer);
    tell(f, good, "服务器", "server", answer.end == ANSWER_CAME ? f->s->reach.server : answer.trouble);
    answer_clear(&answer);
    return good;
}

static void check_ready(struct findings *f)
{
    struct answer answer;
    const json_t *reason;
    char line[256] = "", found[320];
    size_t i, used = 0;

    get(f, "/readyz", &answer);
    json_array_foreach(json_object_get(answer.json, "reasons"), i, reason) {
        if (used < sizeof line)
            used += (size_t)snprintf(line + used, sizeof line - used, " %s",
                                     json_string_value(reason));
    }
    snprintf(found, sizeof found, f->s->reach.english ? "%lld workers in the register%s"
                                                      : "登记册 %lld 名工人%s",
             (long long)json_int_at(answer.json, "workers"), line);
    tell(f, answer_is_good(&answer), "就绪", "ready", found);
    answer_clear(&answer);
}

/* "Sun, 22 Nov 2026 02:14:37 GMT"; to the second, so one second off is none. */
static void check_clock(struct findings *f)
{
    struct answer answer;
    struct tm at = {0};
    char found[96];
    long off_s;

    get(f, "/healthz", &answer);
    if (strptime(answer.date, "%a, %d %b %Y %H:%M:%S GMT", &at) == NULL) {
        tell(f, false, "时钟", "clock",
             f->s->reach.english ? "the server did not tell its time" : "服务器未告知时间");
    } else {
        off_s = (long)(clock_wall_us() / US_PER_SECOND - timegm(&at));
        snprintf(found, sizeof found,
                 f->s->reach.english ? "this machine is %ld s off" : "本机相差 %ld 秒", off_s);
        tell(f, off_s <= CLOCK_S_MAX && off_s >= -CLOCK_S_MAX, "时钟", "clock", found);
    }
    answer_clear(&answer);
}

/* -- the key ---------------------------------------------------------------------------------------- */

/* In this order, the first that is let in is the role. */
static const struct probe {
    const char *role, *zh, *method, *path, *body;
} probes[] = {
    {"operator", "运营方", "GET", "/v1/accounts?limit=1", NULL},
    {"contractor", "劳务企业", "GET", "/v1/imports/0", NULL},
    {"regulator", "住建部门", "GET", "/v1/audit?limit=0", NULL},
    {"gate", "闸机", "POST", "/v1/gate/check", "{}"},
    {"clinic", "体检机构", "POST", "/v1/exams", "[]"},
    {"inspector", "安监员", "POST", "/v1/certificates", "[]"},
    {"safety_officer", "安全员", "POST", "/v1/violations", "[]"},
    {"training_centre", "培训机构", "POST", "/v1/trainings", "[]"},
};

/* The status of a probe; 0 when no answer came. */
static int probe(struct findings *f, const struct probe *p)
{
    struct answer answer;
    int status;

    client_ask(f->s->client,
               &(struct question){.method = p->method,
                                  .path = p->path,
                                  .key = f->s->reach.key,
                                  .body = p->body,
                                  .body_bytes = p->body != NULL ? strlen(p->body) : 0},
               &answer);
    status = answer.end == ANSWER_CAME ? answer.status : 0;
    answer_clear(&answer);
    return status;
}

static void tell_role(struct findings *f, const char *role, const char *zh)
{
    char found[96];

    snprintf(found, sizeof found, f->s->reach.english ? "%s" : "%s（%s）",
             f->s->reach.english ? role : zh, role);
    tell(f, true, "密钥与角色", "key and role", found);
}

static void check_role(struct findings *f)
{
    const char *key = f->s->reach.key;

    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        int status = probe(f, &probes[i]);

        if (status == 401 || status == 0) {
            tell(f, false, "密钥与角色", "key and role",
                 f->s->reach.english ? "the server does not take this key" : "服务器不接受此密钥");
            return;
        }
        if (strncmp(key, "jw_", 3) == 0) {
            tell_role(f, "worker", "工人本人");
            return;
        }
        if (status != 403) {
            tell_role(f, probes[i].role, probes[i].zh);
            return;
        }
    }
    tell(f, false, "密钥与角色", "key and role", f->s->reach.english ? "no role" : "没有角色");
}

int doctor_run(struct session *s)
{
    struct findings f = {.s = s};

    if (check_reach(&f)) {
        check_ready(&f);
        check_clock(&f);
        if (s->reach.key_file[0] == '\0')
            tell(&f, false, "密钥与角色", "key and role",
                 s->reach.english ? "no key: --key-file FILE" : "没有密钥：请用 --key-file");
        else if (reach_key(&s->reach))
            check_role(&f);
        else
            f.bad++;
    } else {
        return CLI_UNREACHABLE;
    }
    return f.bad > 0 ? CLI_NEGATIVE : CLI_DONE;
}
