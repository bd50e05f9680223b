/* `jianan` and `jianan-sim` as programs, against the real server: what they print, what they exit
 * with. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/exit.h"
#include "support/pg_fixture.h"
#include "support/photo_maker.h"
#include "support/server.h"

enum { ARGUMENTS_MAX = 32, OUT_BYTES = 256 * 1024 };

/* 990101 is no region; the check digit is right. */
#define NUMBER "990101199001010019"

static struct server server;
static char dir[] = "/tmp/jianan-cli-XXXXXX", out[OUT_BYTES];

static const char *in_dir(const char *name)
{
    static char paths[8][128];
    static unsigned at;
    char *path = paths[at++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void write_file(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content));
    close(fd);
}

static void set_up(void)
{
    char url[64];

    fixture_open();
    server_start(&server, (const char *[]){"--webhook_plain=1", NULL});
    cr_assert(mkdtemp(dir) != NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", server.port);
    setenv("JIANAN_SERVER", url, 1);
    setenv("HOME", dir, 1);
    setenv("LANG", "zh_CN.UTF-8", 1);
    unsetenv("LC_ALL");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("JIANAN_CA");
    write_file(in_dir("operator.key"), server.operator_key);
}

static void tear_down(void)
{
    char command[128];

    server_stop(&server);
    fixture_close();
    snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(cli, .init = set_up, .fini = tear_down);

static const char *terminal; /* read instead of a file, when there is one */

/* Runs a program with what stands on its standard input; its words are left in `out`. */
static int run(const char *program, const char *input, const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX + 2] = {program};
    const char *input_file = in_dir("input"), *output_file = in_dir("output");
    int status, fd;
    ssize_t bytes;
    pid_t pid;

    for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    write_file(input_file, input);
    write_file(output_file, "");
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        dup2(open(terminal != NULL ? terminal : input_file, O_RDONLY | O_NOCTTY), STDIN_FILENO);
        dup2(open(output_file, O_WRONLY | O_APPEND), STDOUT_FILENO);
        dup2(STDOUT_FILENO, STDERR_FILENO);
        execv(program, (char *const *)argv);
        _exit(127);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    fd = open(output_file, O_RDONLY);
    bytes = read(fd, out, sizeof out - 1);
    cr_assert(fd >= 0 && bytes >= 0);
    out[bytes] = '\0';
    close(fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* jianan … --key-file DIR/<who>.key; arguments end with NULL. */
#define JIANAN(who, ...) jianan_with(who, "", (const char *[]){__VA_ARGS__, NULL})

static int jianan_with(const char *who, const char *input, const char *const *arguments)
{
    char name[64];

    snprintf(name, sizeof name, "%s.key", who);
    setenv("JIANAN_KEY_FILE", in_dir(name), 1);
    return run(JIANAN_CLI, input, arguments);
}

/* A member of the JSON that was printed last. */
static long long printed_int(const char *name)
{
    json_t *json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
    long long value;

    cr_assert(json != NULL, "not JSON: %s", out);
    value = json_integer_value(json_object_get(json, name));
    json_decref(json);
    return value;
}

#define EXPECT(status, call)                                                                       \
    do {                                                                                           \
        int got = (call);                                                                          \
        cr_assert_eq(got, (status), "exit %d, not %d: %s", got, (int)(status), out);               \
    } while (0)
#define EXPECT_WORDS(words) cr_assert(strstr(out, words) != NULL, "lacks %s: %s", words, out)

/* His contractor invites him, and his phone signs in: worker.key. */
static void joined(const char *worker)
{
    json_t *json;
    char token[80];

    write_file(in_dir("phone.jwk"),
               "{\"kty\":\"EC\",\"crv\":\"P-256\","
               "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
               "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}");
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "invite", worker, "--json"));
    json = json_loads(out, 0, NULL);
    snprintf(token, sizeof token, "%s\n", json_string_value(json_object_get(json, "token")));
    json_decref(json);
    EXPECT(CLI_DONE, jianan_with("contractor", token,
                                 (const char *[]){"worker", "join", "--token", "-", "--device-key",
                                                  in_dir("phone.jwk"), "--save",
                                                  in_dir("worker.key"), NULL}));
}

static const char *number_text(long long number)
{
    static char texts[8][24];
    static unsigned at;
    char *text = texts[at++ % 8];

    snprintf(text, sizeof texts[0], "%lld", number);
    return text;
}

/* -- a small world, made by the command line itself ------------------------------------------------- */

static const char *made_org(const char *kind, const char *accreditations)
{
    if (accreditations != NULL)
        EXPECT(CLI_DONE, JIANAN("operator", "org", "add", "--kind", kind, "--name", "甲",
                                "--accreditations", accreditations, "--json"));
    else
        EXPECT(CLI_DONE, JIANAN("operator", "org", "add", "--kind", kind, "--name", "甲",
                                "--permit-state", "valid", "--json"));
    return number_text(printed_int("id"));
}

static void made_account(const char *role, const char *org, const char *more, const char *value)
{
    char name[64];

    snprintf(name, sizeof name, "%s.key", role);
    if (more != NULL)
        EXPECT(CLI_DONE, JIANAN("operator", "account", "add", "--role", role, "--org", org,
                                "--label", "乙", "--save", in_dir(name), more, value));
    else
        EXPECT(CLI_DONE, JIANAN("operator", "account", "add", "--role", role, "--org", org,
                                "--label", "乙", "--save", in_dir(name)));
}

static const char *made_world(void)
{
    const char *contractor = made_org("contractor", NULL), *site;

    EXPECT(CLI_DONE, JIANAN("operator", "site", "add", "--name", "丙", "--region", "320902", "--org",
                            contractor, "--json"));
    site = number_text(printed_int("id"));
    made_account("contractor", contractor, NULL, NULL);
    made_account("clinic", made_org("clinic", NULL), NULL, NULL);
    made_account("training_centre",
                 made_org("training_centre", "entry_company,entry_project,entry_team"), NULL, NULL);
    made_account("safety_officer", contractor, "--site", site);
    made_account("regulator", made_org("regulator", NULL), "--region", "32");
    EXPECT(CLI_DONE, JIANAN("operator", "gate", "add", "--site", site, "--name", "丁", "--direction",
                            "both", "--save", in_dir("gate.key")));
    return site;
}

static const char *made_worker(const char *site)
{
    EXPECT(CLI_DONE,
           jianan_with("contractor", NUMBER "\n",
                       (const char *[]){"worker", "add", "--name", "张三", "--document-number", "-",
                                        "--site", site, "--trade", "020", "--agreement",
                                        "labour_contract", "--json", NULL}));
    return number_text(printed_int("worker"));
}

static void made_green(const char *worker, const char *site)
{
    static const char *const levels[][2] = {
        {"entry_company", "15"}, {"entry_project", "15"}, {"entry_team", "20"}};

    EXPECT(CLI_DONE, jianan_with("clinic", NUMBER "\n",
                                 (const char *[]){"exam", "post", "--document-number", "-",
                                                  "--conclusion", "no_abnormality", NULL}));
    EXPECT(CLI_REFUSED, JIANAN("training_centre", "training", "study", "--worker", worker,
                               "--points", "60")); /* it has not seen his document yet */
    EXPECT(CLI_DONE, jianan_with("training_centre", NUMBER "\n",
                                 (const char *[]){"worker", "find", "--document-number", "-",
                                                  "--document-type", "1", NULL}));
    for (int i = 0; i < 3; i++)
        EXPECT(CLI_DONE, JIANAN("training_centre", "training", "post", "--worker", worker, "--type",
                                levels[i][0], "--hours", levels[i][1], "--passed", "true"));
    EXPECT(CLI_DONE,
           JIANAN("training_centre", "training", "study", "--worker", worker, "--points", "60"));
    EXPECT(CLI_DONE, JIANAN("safety_officer", "training", "post", "--worker", worker, "--type",
                            "site_entry", "--hours", "2", "--passed", "true", "--site", site));
}

/* -- the tests ----------------------------------------------------------------------------------------- */

Test(cli, from_enrolment_to_the_gate_and_back)
{
    const char *site = made_world(), *worker = made_worker(site);
    char code[2048];

    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker));
    EXPECT_WORDS("工号 1，20");
    EXPECT_WORDS("黄");
    EXPECT_WORDS("怎么办");
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker, "--known-at",
                            "2070-01-01T00:00:00+08:00"));
    EXPECT(CLI_REFUSED, JIANAN("contractor", "worker", "colour", worker, "--known-at",
                               "2020-01-01T00:00:00+08:00"));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "calendar", worker, "--from", "2026-01-01",
                            "--to", "2026-12-31"));
    EXPECT_WORDS("2026-01-01 起至");
    made_green(worker, site);
    EXPECT(CLI_DONE, JIANAN("gate", "gate", "check", "--worker-no", worker));
    EXPECT_WORDS("open (ok)");

    EXPECT(CLI_DONE, JIANAN("safety_officer", "violation", "post", "--worker", worker, "--class",
                            "operation", "--category", "7.06", "--severity", "4",
                            "--off-job-training", "true", "--json"));
    EXPECT(CLI_DONE, JIANAN("safety_officer", "violation", "rectify", "--worker", worker, "--of",
                            number_text(printed_int("version"))));
    joined(worker);
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "code", "me"));
    EXPECT_WORDS("红");
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "code", "me", "--json"));
    json_t *json = json_loads(out, 0, NULL);
    snprintf(code, sizeof code, "%s\n", json_string_value(json_object_get(json, "code")));
    json_decref(json);
    EXPECT(CLI_NEGATIVE, jianan_with("gate", code,
                                     (const char *[]){"gate", "check", "--code", "-", NULL}));
    EXPECT_WORDS("refuse (red)");
    EXPECT(CLI_DONE,
           JIANAN("gate", "gate", "check", "--worker-no", worker, "--direction", "out"));
    EXPECT(CLI_DONE, JIANAN("safety_officer", "pass", "list", "--site", site));
    EXPECT_WORDS("exit");
    EXPECT(CLI_NEGATIVE, JIANAN("gate", "gate", "check", "--worker-no", worker, "--json"));
    json = json_loads(out, 0, NULL);
    snprintf(code, sizeof code, "%s", json_string_value(json_object_get(json, "pass")));
    json_decref(json);
    EXPECT(CLI_DONE, JIANAN("safety_officer", "pass", "show", code));
    EXPECT_WORDS("refuse (red)");
    EXPECT_WORDS("与存档完全一致");
    EXPECT(CLI_REFUSED, JIANAN("safety_officer", "pass", "show", "1-1-1-20260101"));
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "accesses", "me"));
    EXPECT_WORDS("查看颜色和原因");
}

static size_t read_photo(const char *path, char *bytes, size_t max)
{
    FILE *file = fopen(path, "r");
    size_t count;

    cr_assert_not_null(file, "%s", path);
    count = fread(bytes, 1, max, file);
    fclose(file);
    return count;
}

Test(cli, a_lost_phone_and_a_login_are_the_matter_of_a_line)
{
    const char *site = made_world(), *worker = made_worker(site);

    joined(worker);
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "colour", "me"));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "end-access", worker));
    for (int i = 0; i < 50 && JIANAN("worker", "worker", "colour", "me") == CLI_DONE; i++)
        usleep(20 * 1000); /* the register hears of it */
    EXPECT(CLI_REFUSED, JIANAN("worker", "worker", "colour", "me"));
    EXPECT(CLI_DONE, JIANAN("operator", "account", "login", "1", "--login", "wang.wu"));
    EXPECT_WORDS("/welcome#");
    EXPECT(CLI_DONE, JIANAN("operator", "account", "sign-out", "1"));
    EXPECT(CLI_INPUT, JIANAN("operator", "account", "login", "1", "--login", "Wang Wu"));
    EXPECT_WORDS("login_name");
}

Test(cli, a_photo_goes_in_and_comes_back_the_same)
{
    const char *site = made_world(), *worker = made_worker(site);
    char sent[2048], back[2048];
    struct build jpeg = build_over(sent, sizeof sent);
    FILE *file = fopen(in_dir("photo.jpg"), "w");

    photo_make(96, 120, "face", 0, &jpeg);
    cr_assert(file != NULL && fwrite(sent, 1, build_done(&jpeg).bytes, file) > 0);
    cr_assert_eq(fclose(file), 0);
    EXPECT(CLI_DONE, JIANAN("contractor", "photo", "post", worker, in_dir("photo.jpg")));
    EXPECT_WORDS("照片已存");
    EXPECT(CLI_USAGE, JIANAN("contractor", "photo", "show", worker));
    EXPECT(CLI_DONE, JIANAN("contractor", "photo", "show", worker, "--save", in_dir("back.jpg")));
    cr_expect_eq(read_photo(in_dir("back.jpg"), back, sizeof back), build_done(&jpeg).bytes);
    cr_expect_eq(memcmp(sent, back, build_done(&jpeg).bytes), 0);
    EXPECT(CLI_INPUT, JIANAN("contractor", "photo", "post", worker, in_dir("operator.key")));
    EXPECT_WORDS("JPEG");
    EXPECT(CLI_REFUSED, JIANAN("regulator", "photo", "post", worker, in_dir("photo.jpg")));
}

Test(cli, a_wrong_record_is_taken_back_and_the_old_one_stays_readable)
{
    const char *site = made_world(), *worker = made_worker(site), *wrong;

    made_green(worker, site);
    EXPECT(CLI_DONE, JIANAN("safety_officer", "violation", "post", "--worker", worker, "--class",
                            "operation", "--category", "7.06", "--severity", "4", "--json"));
    wrong = number_text(printed_int("version"));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker));
    EXPECT_WORDS("VIOL_POINTS, person");
    EXPECT_WORDS("所据记录");
    EXPECT_WORDS("满 ");
    EXPECT(CLI_REFUSED, JIANAN("contractor", "record", "correct", worker, "--of", wrong));
    EXPECT(CLI_DONE, JIANAN("safety_officer", "record", "correct", worker, "--of", wrong));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker, "--json"));
    EXPECT_WORDS("\"person_colour\":\"green\"");
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "records", worker, "--limit", "500"));
    EXPECT_WORDS("类别 违章作业，不安全行为 7.06 冒险进入危险场所，程度 严重");
    EXPECT_WORDS("更正");
    EXPECT(CLI_REFUSED, JIANAN("safety_officer", "record", "correct", worker, "--of", wrong));
    EXPECT_WORDS("already_superseded");
}

Test(cli, an_appeal_goes_from_the_workers_phone_to_the_regulators_answer)
{
    const char *site = made_world(), *worker = made_worker(site), *appeal, *violation;

    made_green(worker, site);
    EXPECT(CLI_DONE, JIANAN("safety_officer", "violation", "post", "--worker", worker, "--class",
                            "operation", "--category", "7.06", "--severity", "4", "--json"));
    violation = number_text(printed_int("version"));
    joined(worker);
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "colour", "me"));
    EXPECT_WORDS("jianan appeal file");
    EXPECT(CLI_DONE, jianan_with("worker", "当天我不在这个工地\n",
                                 (const char *[]){"appeal", "file", "--reason", "VIOL_POINTS",
                                                  "--scope", "person", "--disputes", violation,
                                                  "--words", "-", "--json", NULL}));
    appeal = number_text(printed_int("id"));
    EXPECT(CLI_DONE, JIANAN("worker", "appeal", "list"));
    EXPECT_WORDS("open");
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "colour", "me"));
    EXPECT_WORDS("正在处理");
    EXPECT(CLI_DONE, JIANAN("regulator", "appeal", "show", appeal));
    EXPECT_WORDS("当天我不在这个工地");
    EXPECT(CLI_INPUT, JIANAN("regulator", "appeal", "answer", appeal, "--outcome", "upheld",
                             "--words", "属实"));
    EXPECT(CLI_DONE, JIANAN("regulator", "appeal", "answer", appeal, "--outcome", "upheld",
                            "--words", "属实", "--supersede", violation));
    EXPECT(CLI_DONE, JIANAN("worker", "appeal", "show", appeal));
    EXPECT_WORDS("属实");
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "colour", "me", "--json"));
    EXPECT_WORDS("\"person_colour\":\"green\"");
    EXPECT(CLI_DONE, JIANAN("safety_officer", "violation", "star", "--worker", worker, "--points",
                            "5"));
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "stars", "me"));
    EXPECT_WORDS("5");
}

/* The number of the account that was opened for this role. */
static const char *account_of(const char *role)
{
    json_t *json;
    const char *number;

    EXPECT(CLI_DONE, JIANAN("operator", "account", "list", "--role", role, "--json"));
    json = json_loads(out, 0, NULL);
    number = number_text(json_integer_value(json_object_get(
        json_array_get(json_object_get(json, "items"), 0), "id")));
    json_decref(json);
    return number;
}

Test(cli, a_colour_by_hand_is_asked_for_by_one_and_signed_by_another)
{
    const char *site = made_world(), *worker = made_worker(site), *asked;
    char both[64];

    made_green(worker, site);
    made_account("inspector", made_org("regulator", NULL), "--region", "3209");
    snprintf(both, sizeof both, "%s,%s", account_of("regulator"), account_of("inspector"));
    EXPECT(CLI_DONE, JIANAN("regulator", "override", "ask", "--worker", worker, "--colour",
                            "yellow", "--from", "2020-01-01", "--until", "2070-01-01", "--evidence",
                            "复核单3号", "--signed-by", both, "--json"));
    asked = number_text(printed_int("id"));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker, "--json"));
    EXPECT_WORDS("\"person_colour\":\"green\"");
    EXPECT(CLI_REFUSED, JIANAN("regulator", "override", "sign", asked));
    EXPECT_WORDS("signer_same");
    EXPECT(CLI_DONE, JIANAN("inspector", "override", "list", "--state", "awaiting_signature"));
    EXPECT_WORDS("awaiting_signature");
    EXPECT(CLI_DONE, JIANAN("inspector", "override", "show", asked));
    EXPECT_WORDS("复核单3号");
    EXPECT(CLI_DONE, JIANAN("inspector", "override", "sign", asked));
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "colour", worker, "--json"));
    EXPECT_WORDS("\"person_colour\":\"yellow\"");
    EXPECT(CLI_REFUSED, JIANAN("regulator", "override", "withdraw", asked));
    EXPECT_WORDS("override_closed");
}

/* A key that is in force and stands nowhere would be lost; so would the one that it replaced. */
Test(cli, what_is_shown_once_goes_to_a_new_file_or_nothing_is_asked)
{
    const char *org = made_org("clinic", NULL);
    struct stat about;

    write_file(in_dir("taken.key"), "what stood there");
    EXPECT(CLI_INPUT, JIANAN("operator", "account", "add", "--role", "clinic", "--org", org, "--label",
                             "乙", "--save", in_dir("taken.key")));
    EXPECT_WORDS("taken.key");
    EXPECT_WORDS("已存在");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM account WHERE role = 'clinic'"), 0);
    cr_assert_eq(stat(in_dir("taken.key"), &about), 0);
    cr_expect_eq(about.st_size, (off_t)strlen("what stood there"));
    EXPECT(CLI_INPUT, JIANAN("operator", "account", "add", "--role", "clinic", "--org", org, "--label",
                             "乙", "--save", in_dir("no-folder/new.key")));
    EXPECT(CLI_INPUT, JIANAN("operator", "account", "add", "--role", "nonsense", "--org", org,
                             "--label", "乙", "--save", in_dir("new.key")));
    cr_expect_neq(stat(in_dir("new.key"), &about), 0, "no empty file stays behind a refusal");
    EXPECT(CLI_DONE, JIANAN("operator", "account", "add", "--role", "clinic", "--org", org, "--label",
                            "乙", "--save", in_dir("new.key")));
    cr_assert_eq(stat(in_dir("new.key"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600u);
    EXPECT(CLI_REFUSED, JIANAN("new", "policy", "list"));
}

/* jianan worker erase me, by somebody who types this at a terminal. */
static int erase_at_terminal(const char *typed)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), status;

    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    cr_assert_eq(write(master, typed, strlen(typed)), (ssize_t)strlen(typed));
    terminal = ptsname(master);
    status = JIANAN("worker", "worker", "erase", "me");
    terminal = NULL;
    close(master);
    return status;
}

Test(cli, nobody_is_erased_without_a_question)
{
    char typed[32];
    const char *worker = made_worker(made_world());

    joined(worker);
    EXPECT(CLI_DONE, JIANAN("contractor", "engage", "end", "--worker", worker));
    EXPECT(CLI_USAGE, JIANAN("worker", "worker", "erase", "me"));
    EXPECT_WORDS("--yes");
    EXPECT(CLI_USAGE, jianan_with("worker", worker, (const char *[]){"worker", "erase", "me", NULL}));
    EXPECT(CLI_USAGE, JIANAN("worker", "worker", "show", "me", "--yes"));
    EXPECT(CLI_USAGE, erase_at_terminal("yes\n"));
    EXPECT_WORDS("编号不一致");
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "show", "me"));
    snprintf(typed, sizeof typed, "%s\n", worker);
    EXPECT(CLI_DONE, erase_at_terminal(typed));
    EXPECT(CLI_REFUSED, JIANAN("worker", "worker", "show", "me"));
}

Test(cli, who_says_yes_is_not_asked)
{
    const char *worker = made_worker(made_world());

    joined(worker);
    EXPECT(CLI_DONE, JIANAN("contractor", "engage", "end", "--worker", worker));
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "erase", "--yes", "me"));
}

Test(cli, deeds_are_told_in_words_and_the_workers_own_as_his)
{
    const char *worker = made_worker(made_world());

    joined(worker);
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "calendar", "me"));
    EXPECT(CLI_DONE, JIANAN("worker", "worker", "accesses", "me"));
    EXPECT_WORDS("查看变化日历");
    EXPECT_WORDS("本人");
    EXPECT_WORDS("发出登录邀请");
    cr_expect_null(strstr(out, "worker."), "%s", out);
    EXPECT(CLI_DONE, JIANAN("regulator", "worker", "records", worker));
    EXPECT(CLI_DONE, JIANAN("regulator", "audit", "list"));
    EXPECT_WORDS("查看记录");
    EXPECT(CLI_DONE, JIANAN("regulator", "audit", "list", "--json"));
    EXPECT_WORDS("worker.records");
    EXPECT(CLI_DONE, JIANAN("operator", "reminder", "run"));
    EXPECT_WORDS("日期");
}

Test(cli, a_policys_refused_move_is_told_by_the_commands_that_may_follow)
{
    EXPECT(CLI_INPUT, JIANAN("operator", "policy", "retire", "9"));
    EXPECT_WORDS("jianan policy approve 9");
    EXPECT_WORDS("jianan policy end 9");
    cr_expect_null(strstr(out, "approved"), "%s", out);
    EXPECT(CLI_INPUT, JIANAN("operator", "policy", "approve", "1"));
    EXPECT_WORDS("jianan policy retire 1");
    EXPECT(CLI_DONE, JIANAN("operator", "policy", "approve", "9"));
    EXPECT(CLI_INPUT, JIANAN("operator", "policy", "retire", "9"));
    EXPECT_WORDS("jianan policy enforce 9");
    EXPECT(CLI_REFUSED, JIANAN("operator", "policy", "enforce", "9"));
    made_world();
    EXPECT(CLI_INPUT, JIANAN("regulator", "policy", "enforce", "9"));
    EXPECT_WORDS("jianan policy enforce 9 --past-days ");
    EXPECT(CLI_DONE, JIANAN("operator", "policy", "end", "9"));
    EXPECT(CLI_INPUT, JIANAN("operator", "policy", "end", "9"));
    EXPECT_WORDS("已废止");
    EXPECT(CLI_USAGE, JIANAN("operator", "override", "sign"));
    EXPECT_WORDS("改色\n");
    cr_expect_null(strstr(out, "{"), "%s", out);
}

Test(cli, exit_statuses_tell_what_happened)
{
    const char *site = made_world();

    EXPECT(CLI_USAGE, JIANAN("operator", "org", "add", "--name", "甲"));
    EXPECT_WORDS("--kind");
    EXPECT(CLI_USAGE, JIANAN("operator", "org", "list", "--nosuch", "1"));
    EXPECT(CLI_USAGE, JIANAN("operator", "nosuch"));
    EXPECT(CLI_USAGE, JIANAN("operator", "site", "show", "丙"));
    EXPECT(CLI_INPUT, JIANAN("operator", "org", "add", "--kind", "nonsense", "--name", "甲"));
    EXPECT_WORDS("/kind");
    EXPECT_WORDS("contractor|clinic");
    EXPECT(CLI_REFUSED, JIANAN("contractor", "org", "add", "--kind", "clinic", "--name", "甲"));
    EXPECT(CLI_INPUT, JIANAN("operator", "account", "add", "--role", "regulator", "--org",
                             made_org("regulator", NULL), "--label", "乙"));
    EXPECT_WORDS("'' for the whole country");
    EXPECT(CLI_DONE, JIANAN("operator", "account", "add", "--help"));
    EXPECT_WORDS("--region ''");
    EXPECT(CLI_DONE, JIANAN("operator", "override", "ask", "--help"));
    EXPECT_WORDS("regulator");
    EXPECT(CLI_REFUSED, JIANAN("operator", "org", "show", "999999"));
    EXPECT(CLI_NEGATIVE, JIANAN("gate", "gate", "check", "--code", "not a code"));
    EXPECT(CLI_INPUT, JIANAN("contractor", "import", in_dir("no.csv")));
    EXPECT(CLI_UNREACHABLE,
           JIANAN("operator", "org", "list", "--server", "http://127.0.0.1:1"));
    EXPECT(CLI_USAGE, JIANAN("operator", "org", "list", "--server", "http://192.0.2.1"));
    chmod(in_dir("clinic.key"), 0644);
    EXPECT(CLI_USAGE, JIANAN("clinic", "worker", "find", "--document-number", NUMBER,
                             "--document-type", "1"));
    EXPECT_WORDS("chmod 600");
    EXPECT(CLI_DONE, JIANAN("operator", "site", "show", site, "--json"));
}

Test(cli, a_write_repeated_under_its_key_acts_once)
{
    long long first;

    EXPECT(CLI_DONE, JIANAN("operator", "org", "add", "--kind", "clinic", "--name", "甲", "--key",
                            "once", "--json"));
    first = printed_int("id");
    EXPECT(CLI_DONE, JIANAN("operator", "org", "add", "--kind", "clinic", "--name", "甲", "--key",
                            "once", "--json"));
    cr_assert_eq(printed_int("id"), first);
    EXPECT(CLI_INPUT, JIANAN("operator", "org", "add", "--kind", "clinic", "--name", "乙", "--key",
                             "once"));
}

Test(cli, an_import_names_row_column_and_reason)
{
    const char *site = made_world();
    char csv[512];

    snprintf(csv, sizeof csv,
             "name,document_number,site,trade\n李四," NUMBER ",%s,020\n"
             "王五,990101199001010010,%s,020\n赵六,990101199001010027,%s,9999\n",
             site, site, site);
    write_file(in_dir("people.csv"), csv);
    EXPECT(CLI_NEGATIVE, JIANAN("contractor", "import", in_dir("people.csv")));
    EXPECT_WORDS("被拒 2 行");
    EXPECT_WORDS("第 3 行，document_number 列");
    EXPECT_WORDS("第 4 行");
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "list", "--all", "--json"));
    json_t *json = json_loads(out, 0, NULL);
    cr_assert_eq(json_array_size(json_object_get(json, "items")), 1);
    json_decref(json);
}

Test(cli, every_list_is_json_when_asked)
{
    static const char *const lists[][3] = {
        {"operator", "org", "list"},      {"operator", "site", "list"},
        {"operator", "gate", "list"},     {"operator", "account", "list"},
        {"regulator", "policy", "list"},  {"regulator", "audit", "list"},
        {"regulator", "worker", "list"},  {"regulator", "worker", "reviews"},
    };

    made_world();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *json;

        EXPECT(CLI_DONE, JIANAN(lists[i][0], lists[i][1], lists[i][2], "--json"));
        json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
        cr_assert(json != NULL && json_is_array(json_object_get(json, "items")), "%s %s: %s",
                  lists[i][1], lists[i][2], out);
        json_decref(json);
    }
}

Test(cli, the_doctor_knows_every_role)
{
    static const char *const roles[] = {"operator", "contractor", "clinic", "training_centre",
                                        "safety_officer", "regulator", "gate"};

    made_world();
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        char word[40];

        EXPECT(CLI_DONE, JIANAN(roles[i], "doctor"));
        snprintf(word, sizeof word, "（%s）", roles[i]);
        EXPECT_WORDS(word);
    }
    write_file(in_dir("wrong.key"), "ja_0123456789ab_0000000000000000000000000000000000000000");
    EXPECT(CLI_NEGATIVE, JIANAN("wrong", "doctor"));
}

Test(cli, help_tells_of_every_verb_more_than_where_to_ask)
{
    EXPECT(CLI_DONE, JIANAN("operator", "help", "score"));
    EXPECT_WORDS("--known-at");
    EXPECT(CLI_DONE, JIANAN("operator", "help", "log"));
    EXPECT_WORDS("--evidence");
    EXPECT(CLI_DONE, JIANAN("operator", "help", "log", "verify"));
    EXPECT_WORDS("--evidence");
    EXPECT(CLI_DONE, JIANAN("operator", "help", "code"));
    EXPECT_WORDS("inspect");
    EXPECT(CLI_DONE, JIANAN("operator", "help", "worker"));
    EXPECT_WORDS("jianan worker colour");
    EXPECT(CLI_USAGE, JIANAN("operator", "help", "nosuch"));
}

Test(cli, a_policy_is_checked_without_a_server)
{
    char file[256];

    setenv("JIANAN_SERVER", "http://127.0.0.1:1", 1);
    snprintf(file, sizeof file, "%s/migrations/policies/default.json", JIANAN_SOURCE_DIR);
    EXPECT(CLI_DONE, JIANAN("operator", "policy", "check", file));
    write_file(in_dir("bad.json"), "{\"format\":1,\"nosuch\":2}");
    EXPECT(CLI_INPUT, JIANAN("operator", "policy", "check", in_dir("bad.json")));
}

/* It speaks of a file, and of what an editor did to it. */
Test(cli, a_policy_file_that_is_no_json_is_told_what_to_save_it_as)
{
    static const struct {
        const char *file, *words;
    } broken[] = {
        {"\xef\xbb\xbf{}", "BOM"},
        {"\xff\xfe{", "UTF-16"},
        {"{\"title\":\"\xbd\xad\xcb\xd5\"}", "GBK"}, /* 江苏 */
        {"{\"title\":", "不是有效的 JSON"},
        {"", "空的"},
    };

    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        write_file(in_dir("bad.json"), broken[i].file);
        EXPECT(CLI_INPUT, JIANAN("operator", "policy", "check", in_dir("bad.json")));
        EXPECT_WORDS(broken[i].words);
        cr_expect_null(strstr(out, "请求体"), "%s", out);
        EXPECT(CLI_INPUT, JIANAN("operator", "policy", "check", "--json", in_dir("bad.json")));
        EXPECT_WORDS(broken[i].words);
        EXPECT(CLI_INPUT, JIANAN("operator", "score", "--policy", in_dir("bad.json"), "--on",
                                 "2026-11-21"));
        EXPECT_WORDS(broken[i].words);
    }
}

Test(cli, the_document_of_a_policy_on_the_server_can_be_saved_and_checked_again)
{
    char file[256];
    json_t *saved, *shipped;

    EXPECT(CLI_DONE, JIANAN("operator", "policy", "show", "2", "--save", in_dir("saved.json")));
    EXPECT(CLI_DONE, JIANAN("operator", "policy", "check", in_dir("saved.json")));
    snprintf(file, sizeof file, "%s/migrations/policies/jiangsu-2023-05.json", JIANAN_SOURCE_DIR);
    saved = json_load_file(in_dir("saved.json"), 0, NULL);
    shipped = json_load_file(file, 0, NULL);
    cr_expect(json_equal(saved, shipped), "another document");
    json_decref(saved);
    json_decref(shipped);
}

/* -- the simulator ---------------------------------------------------------------------------------------- */

#define SIM(...) run(JIANAN_SIM, "", (const char *[]){__VA_ARGS__, NULL})

Test(cli, a_city_is_seeded_once_and_its_morning_proven)
{
    const char *state;

    setenv("JIANAN_KEY_FILE", in_dir("operator.key"), 1);
    state = strdup(in_dir("city"));
    EXPECT(CLI_DONE, SIM("seed", "--state", state, "--workers", "60"));
    EXPECT(CLI_DONE, SIM("seed", "--state", state, "--workers", "60"));
    EXPECT_WORDS("沿用");
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM person"), 60);
    EXPECT(CLI_DONE, SIM("morning", "--state", state, "--people", "60"));
    EXPECT_WORDS("一切如常");
    EXPECT(CLI_DONE, SIM("codes", "--state", state));
    write_file(in_dir("codes"), out);
    setenv("JIANAN_KEY_FILE", "", 1);
    char gate[160];
    snprintf(gate, sizeof gate, "%s/keys/gate-1.key", state);
    EXPECT(CLI_DONE, SIM("load", "--gate-key-file", gate, "--codes", in_dir("codes"), "--seconds",
                         "1", "--connections", "2", "--out", in_dir("passes")));
    EXPECT_WORDS("acknowledged");
    free((char *)(uintptr_t)state);
}

/* -- telling other systems ---------------------------------------------------------------------- */

static unsigned a_free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &bytes) == 0);
    close(fd);
    return ntohs(at.sin_port);
}

/* The receiver in the background; its words go to a file. */
static pid_t receive(const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX + 2] = {JIANAN_SIM, "receive"};
    const char *output = in_dir("received");
    pid_t pid;

    for (int i = 0; arguments[i] != NULL; i++)
        argv[i + 2] = arguments[i];
    write_file(output, "");
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(open(output, O_WRONLY | O_APPEND), STDOUT_FILENO);
        dup2(STDOUT_FILENO, STDERR_FILENO);
        execv(JIANAN_SIM, (char *const *)argv);
        _exit(127);
    }
    return pid;
}

/* What it printed goes to `out` as it grows, until it holds the words. */
static void wait_for_words(const char *words)
{
    for (int waited = 0; waited < 30000; waited += 20) {
        int fd = open(in_dir("received"), O_RDONLY);
        ssize_t bytes = read(fd, out, sizeof out - 1);

        cr_assert(fd >= 0 && bytes >= 0);
        close(fd);
        out[bytes] = '\0';
        if (strstr(out, words) != NULL)
            return;
        usleep(20 * 1000);
    }
    cr_assert_fail("it never said %s: %s", words, out);
}

static int ended(pid_t pid)
{
    int status;

    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

Test(cli, a_receiver_takes_what_is_signed_and_is_told_again_after_playing_busy)
{
    char url[64], port[16], hook[24];
    pid_t pid;

    made_world();
    snprintf(port, sizeof port, "%u", a_free_port());
    snprintf(url, sizeof url, "http://127.0.0.1:%s/hook", port);
    EXPECT(CLI_INPUT, JIANAN("contractor", "webhook", "add", "--url", "http://192.168.0.1/", "--events",
                             "reminder.expiry"));
    EXPECT_WORDS("/url");
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "add", "--url", url, "--events",
                            "reminder.expiry,alert.opened", "--save", in_dir("hook.key"), "--json"));
    snprintf(hook, sizeof hook, "%lld", printed_int("id"));
    pid = receive((const char *[]){"--port", port, "--secret", in_dir("hook.key"), "--fail-first", "1",
                                   "--messages", "1", NULL});
    wait_for_words("listening");
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "test", hook));
    wait_for_words("playing busy");
    cr_expect_eq(ended(pid), CLI_DONE); /* ten seconds later */
    wait_for_words("webhook.test");
    wait_for_words("taken 1, refused 1");
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "deliveries", hook));
    EXPECT_WORDS("delivered");
    EXPECT_WORDS("204");
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "secret", hook, "--save", in_dir("other.key")));
    write_file(in_dir("wrong.key"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=");
    pid = receive((const char *[]){"--port", port, "--secret", in_dir("wrong.key"), NULL});
    wait_for_words("listening");
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "test", hook));
    wait_for_words("not this secret's");
    kill(pid, SIGTERM);
    cr_expect_eq(ended(pid), CLI_DONE);
    EXPECT(CLI_DONE, JIANAN("contractor", "webhook", "change", hook, "--state", "disabled"));
    EXPECT(CLI_REFUSED, JIANAN("contractor", "webhook", "test", hook));
    EXPECT(CLI_REFUSED, JIANAN("regulator", "webhook", "show", hook));
}

Test(cli, a_receiver_says_what_it_lacks)
{
    EXPECT(CLI_USAGE, run(JIANAN_SIM, "", (const char *[]){"receive", "--port", "9999", NULL}));
    EXPECT_WORDS("--secret");
    EXPECT(CLI_USAGE, run(JIANAN_SIM, "", (const char *[]){"receive", "--secret", "x", NULL}));
    EXPECT_WORDS("--port");
    write_file(in_dir("hook.key"), "jk_something");
    EXPECT(CLI_USAGE, run(JIANAN_SIM, "",
                          (const char *[]){"receive", "--port", "9999", "--secret", in_dir("hook.key"),
                                           NULL}));
    EXPECT_WORDS("whsec_");
}

Test(cli, a_forecast_tells_who_changes_and_what_to_do)
{
    const char *site = made_world(), *worker = made_worker(site);
    time_t soon = time(NULL) + 20 * 86400;
    char day[16];

    made_green(worker, site);
    EXPECT(CLI_DONE, JIANAN("contractor", "worker", "forecast", "--days", "90"));
    EXPECT_WORDS("没有人会变色");
    strftime(day, sizeof day, "%Y-%m-%d", gmtime(&soon));
    EXPECT(CLI_DONE, jianan_with("clinic", NUMBER "\n",
                                 (const char *[]){"exam", "post", "--document-number", "-", "--conclusion",
                                                  "no_abnormality", "--valid-until", day, NULL}));
    for (int tries = 0; tries < 100; tries++) { /* until the register has it */
        EXPECT(CLI_DONE, JIANAN("contractor", "worker", "forecast", "--days", "90"));
        if (strstr(out, day) != NULL)
            break;
        usleep(50 * 1000);
    }
    EXPECT_WORDS(day);
    EXPECT_WORDS("绿 → 黄");
    EXPECT_WORDS("+ ");
    EXPECT(CLI_INPUT, JIANAN("contractor", "worker", "forecast", "--days", "181"));
    EXPECT(CLI_DONE, JIANAN("operator", "reminder", "run"));
}

/* -- signing keys ------------------------------------------------------------------------------------ */

Test(cli, an_operator_sees_announces_and_removes_signing_keys)
{
    char file[128], line[512];

    snprintf(file, sizeof file, "%s", in_dir("second.pem"));
    cr_assert_eq(server_run_program((const char *[]){"--new-signing-key", file, NULL}, line, sizeof line), 0);
    write_file(in_dir("second.json"), line);
    snprintf(file, sizeof file, "%s", in_dir("second.json"));
    cr_expect_eq(JIANAN("operator", "key", "list"), 0, "%s", out);
    cr_expect_not_null(strstr(out, "active"), "%s", out);
    cr_expect_eq(JIANAN("operator", "key", "add", file), 0, "%s", out);
    cr_expect_eq(JIANAN("operator", "key", "activate", "2"), 4, "%s", out);
    cr_expect_not_null(strstr(out, "signing_key"), "it says what to do: %s", out);
    cr_expect_eq(JIANAN("operator", "key", "remove", "2"), 2, "%s", out);
    cr_expect_eq(JIANAN("operator", "key", "remove", "2", "--reason", "不用"), 0, "%s", out);
    cr_expect_eq(JIANAN("operator", "trust", "signed"), 4, "%s", out);
    cr_expect_not_null(strstr(out, "jianan trust post"), "%s", out);
    cr_expect_eq(JIANAN("operator", "trust", "post", file), 3, "%s", out);
    cr_expect_not_null(strstr(out, "不能发布"), "%s", out);
}
