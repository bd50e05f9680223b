#include "clients/sim/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"
#include "clients/sim/people.h"

enum kind { TEXT_OPTION, NUMBER_OPTION, INTO_REACH };

#define AT(member) offsetof(struct sim_options, member)

static const struct option_row {
    const char *name, *value;
    unsigned verbs;
    enum kind kind;
    size_t at, bytes;   /* bytes: of a text in struct reach */
    unsigned min, max, standard;
    const char *zh, *en;
} rows[] = {
    {"--server", "URL", SIM_SEED | SIM_MORNING | SIM_LOAD, INTO_REACH, AT(reach.server), 256, 0, 0,
     0, "服务器（或 JIANAN_SERVER）", "the server (or JIANAN_SERVER)"},
    {"--ca", "FILE", SIM_SEED | SIM_MORNING | SIM_LOAD, INTO_REACH, AT(reach.ca), 512, 0, 0, 0,
     "服务器证书的 CA（或 JIANAN_CA）", "who signs its certificate (or JIANAN_CA)"},
    {"--operator-key-file", "FILE", SIM_SEED, INTO_REACH, AT(reach.key_file), 512, 0, 0, 0,
     "运营方密钥（或 JIANAN_KEY_FILE）", "the operator's key (or JIANAN_KEY_FILE)"},
    {"--gate-key-file", "FILE", SIM_LOAD, INTO_REACH, AT(reach.key_file), 512, 0, 0, 0,
     "闸机密钥", "a gate's key"},
    {"--state", "DIR", SIM_SEED | SIM_MORNING | SIM_CODES, TEXT_OPTION, AT(state), 0, 0, 0, 0,
     "城市的密钥与编号所在目录", "where the city's keys and numbers are"},
    {"--workers", "N", SIM_SEED, NUMBER_OPTION, AT(workers), 0, 20, PEOPLE_MAX, 0,
     "工人数，缺省 2000", "how many workers; 2000"},
    {"--people", "N", SIM_MORNING, NUMBER_OPTION, AT(people), 0, 8, PEOPLE_MAX, 400,
     "走过闸机的人数，缺省 400", "how many walk through; 400"},
    {"--gates", "N", SIM_MORNING, NUMBER_OPTION, AT(gates), 0, 2, 8, 8, "闸机数，缺省 8",
     "how many gates; 8"},
    {"--codes", "FILE", SIM_LOAD, TEXT_OPTION, AT(codes), 0, 0, 0, 0,
     "每行：工号，或 工号 二维码", "lines: a worker's number, or number and code"},
    {"--out", "FILE", SIM_LOAD, TEXT_OPTION, AT(out), 0, 0, 0, 0, "已确认的通行写入此文件",
     "every acknowledged pass goes there"},
    {"--direction", "in|out", SIM_LOAD, TEXT_OPTION, AT(direction), 0, 0, 0, 0, "缺省 in", "in"},
    {"--seconds", "N", SIM_LOAD, NUMBER_OPTION, AT(seconds), 0, 1, 3600, 10, "时长，缺省 10",
     "how long; 10"},
    {"--connections", "C", SIM_LOAD, NUMBER_OPTION, AT(connections), 0, 1, 256, 4,
     "连接数，缺省 4", "how many connections; 4"},
    {"--port", "N", SIM_RECEIVE, NUMBER_OPTION, AT(port), 0, 1, 65535, 0, "本机监听端口",
     "where to listen, on this machine"},
    {"--secret", "FILE", SIM_RECEIVE, TEXT_OPTION, AT(secret), 0, 0, 0, 0,
     "签名密钥文件（权限 600）", "the file of the webhook's secret, mode 600"},
    {"--fail-first", "N", SIM_RECEIVE, NUMBER_OPTION, AT(fail_first), 0, 0, 1000000, 0,
     "前 N 条装作繁忙", "plays busy for the first N"},
    {"--messages", "N", SIM_RECEIVE, NUMBER_OPTION, AT(messages), 0, 0, 1000000, 0,
     "收到 N 条后退出，缺省不退出", "ends after N messages; never"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void sim_options_help(FILE *to, enum sim_verb verb)
{
    char left[64];

    for (unsigned i = 0; i < ROWS; i++) {
        if ((rows[i].verbs & verb) == 0)
            continue;
        snprintf(left, sizeof left, "    %s %s", rows[i].name, rows[i].value);
        screen_pad(to, left, 30);
        fprintf(to, "%s / %s\n", rows[i].zh, rows[i].en);
    }
    if (verb == SIM_SEED)
        fputs("    --seed N                  城市的种子，缺省 1 / which city; 1\n", to);
}

static int refuse(enum sim_verb verb, const char *what, const char *which)
{
    fprintf(stderr, "%s：%s\n", what, which);
    sim_options_help(stderr, verb);
    return CLI_USAGE;
}

static bool number(const char *value, int64_t min, int64_t max, int64_t *out)
{
    return text_to_int(text_of(value), min, max, out);
}

static bool take(const struct option_row *row, const char *value, struct sim_options *options)
{
    char *at = (char *)options + row->at;
    int64_t found;

    if (row->kind == TEXT_OPTION) {
        memcpy(at, &value, sizeof value);
        return true;
    }
    if (row->kind == INTO_REACH)
        return snprintf(at, row->bytes, "%s", value) < (int)row->bytes;
    if (!number(value, row->min, row->max, &found))
        return false;
    memcpy(at, &(unsigned){(unsigned)found}, sizeof(unsigned));
    return true;
}

static void set_standards(enum sim_verb verb, struct sim_options *options)
{
    *options = (struct sim_options){.seed = 1, .direction = "in"};
    for (unsigned i = 0; i < ROWS; i++) {
        if ((rows[i].verbs & verb) != 0 && rows[i].kind == NUMBER_OPTION)
            memcpy((char *)options + rows[i].at, &rows[i].standard, sizeof(unsigned));
    }
}

static int check_needed(enum sim_verb verb, const struct sim_options *options)
{
    if ((verb & (SIM_SEED | SIM_MORNING | SIM_CODES)) != 0 && options->state == NULL)
        return refuse(verb, "缺少选项 / missing", "--state");
    if (verb == SIM_LOAD && options->codes == NULL)
        return refuse(verb, "缺少选项 / missing", "--codes");
    if (verb == SIM_RECEIVE && (options->port == 0 || options->secret == NULL))
        return refuse(verb, "缺少选项 / missing", options->port == 0 ? "--port" : "--secret");
    if (strcmp(options->direction, "in") != 0 && strcmp(options->direction, "out") != 0)
        return refuse(verb, "无效的值 / cannot be", options->direction);
    return CLI_DONE;
}

int sim_options_read(int argc, char **argv, enum sim_verb verb, struct sim_options *options)
{
    int64_t seed;

    set_standards(verb, options);
    for (int i = 1; i < argc; i += 2) {
        unsigned r = 0;

        if (strcmp(argv[i], "--help") == 0) {
            sim_options_help(stdout, verb);
            exit(CLI_DONE);
        }
        if (i + 1 == argc)
            return refuse(verb, "缺少值 / needs a value", argv[i]);
        if (verb == SIM_SEED && strcmp(argv[i], "--seed") == 0 &&
            number(argv[i + 1], 0, INT32_MAX, &seed)) {
            options->seed = (uint64_t)seed;
            continue;
        }
        while (r < ROWS && ((rows[r].verbs & verb) == 0 || strcmp(argv[i], rows[r].name) != 0))
            r++;
        if (r == ROWS)
            return refuse(verb, "未知选项 / unknown option", argv[i]);
        if (!take(&rows[r], argv[i + 1], options))
            return refuse(verb, "无效的值 / cannot be", argv[i + 1]);
    }
    reach_complete(&options->reach);
    return check_needed(verb, options);
}
