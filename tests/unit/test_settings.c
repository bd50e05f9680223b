/* Settings: what is right is taken, and whatever is wrong is refused with its place and a way out.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"

static struct setting_fault fault;

/* main's arguments are not const. */
#define ARG(literal) ((char[]){literal})

static bool reads(struct settings *s, const char *content)
{
    setting_defaults(&settings_table, s);
    return setting_read_text(&settings_table, s, "jianan.conf", text_of(content), true, &fault);
}

Test(settings, defaults_are_those_of_the_table)
{
    struct settings s;

    setting_defaults(&settings_table, &s);
    cr_assert_eq(s.listen_port, 8443);
    cr_assert_eq(s.pass_ms, 300);
    cr_assert_eq(s.fresh_ms, 30000);
    cr_assert_eq(s.unsafe_database, false);
    cr_assert_eq(s.log_level, LOG_INFO);
    cr_assert_str_eq(s.time_zone, "Asia/Shanghai");
}

Test(settings, a_file_sets_what_it_names_and_nothing_else)
{
    struct settings s;

    cr_assert(reads(&s, "# ours\r\n\n listen_port=9443 # behind the balancer\n"
                        "pass_ms = 250 ms\nlog_level = warn\nunsafe_database = 1\n"
                        "database = host=/run/pg password='a#b'"),
              "%s", fault.text);
    cr_assert_eq(s.listen_port, 9443);
    cr_assert_eq(s.pass_ms, 250);
    cr_assert_eq(s.log_level, LOG_WARN);
    cr_assert_eq(s.unsafe_database, true);
    cr_assert_str_eq(s.database, "host=/run/pg password='a#b'");
    cr_assert_eq(s.plain_port, 0);
}

struct bad_file {
    char name[40], content[120], says[100];
    enum err_code code;
};

ParameterizedTestParameters(settings, a_bad_file_is_refused_with_its_line)
{
    static struct bad_file cases[] = {
        {"unknown key", "listen_port = 1\ncolour = red\n",
         "jianan.conf:2: no setting is called \"colour\"; --help lists", ERR_SETTING_UNKNOWN},
        {"typo", "\n\nlisten_prot = 1",
         "jianan.conf:3: no setting is called \"listen_prot\"; did "
         "you mean listen_port?",
         ERR_SETTING_UNKNOWN},
        {"capital letters", "Listen_Port = 1", "did you mean listen_port?", ERR_SETTING_UNKNOWN},
        {"duplicate", "loops = 1\nloops = 1", ":2: loops is set twice", ERR_SETTING_INVALID},
        {"no value", "loops =  # later", ":1: loops has no value", ERR_SETTING_INVALID},
        {"no equals sign", "loops 4", ":1: write a setting as: name = value", ERR_SETTING_INVALID},
        {"wrong unit", "pass_ms = 1 s", ":1: pass_ms is a number of ms, 10 to 1400",
         ERR_SETTING_INVALID},
        {"unit where none is", "listen_port = 1 ms", ":1: listen_port is a number",
         ERR_SETTING_INVALID},
        {"a fraction", "pass_ms = 0.3", ":1: pass_ms is a number of ms", ERR_SETTING_INVALID},
        {"above the range", "pass_ms = 1401", ":1: pass_ms must be 10 to 1400 ms",
         ERR_SETTING_INVALID},
        {"below the range", "loops = -1", ":1: loops must be 0 to 64", ERR_SETTING_INVALID},
        {"beyond 64 bits", "loops = 18446744073709551617", ":1: loops must be",
         ERR_SETTING_INVALID},
        {"only a sign", "loops = -", ":1: loops must be 0 to 64", ERR_SETTING_INVALID},
        {"unknown level", "log_level = trace", ":1: log_level must be error", ERR_SETTING_INVALID},
        {"flag in words", "unsafe_database = yes", ":1: unsafe_database is a number, 0 to 1",
         ERR_SETTING_INVALID},
        {"empty", "", "jianan.conf: the file sets nothing", ERR_SETTING_INVALID},
        {"only comments", "# a\n#b\n", "jianan.conf: the file sets nothing", ERR_SETTING_INVALID},
        {"control character", "issuer = a\033[31mb", ":1: this is not text", ERR_SETTING_INVALID},
        {"not UTF-8", "issuer = \xff\xfe", ":1: this is not text", ERR_SETTING_INVALID},
        {"text too long",
         "issuer = 12345678901234567890123456789012345678901234567890123456789012345",
         ":1: issuer takes 1 to 64 bytes", ERR_SETTING_INVALID},
    };

    return cr_make_param_array(struct bad_file, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct bad_file *c, settings, a_bad_file_is_refused_with_its_line)
{
    struct settings s;

    cr_assert_not(reads(&s, c->content), "%s", c->name);
    cr_expect_eq(fault.code, c->code, "%s: %s", c->name, fault.text);
    cr_expect_not_null(strstr(fault.text, c->says), "%s: %s", c->name, fault.text);
}

Test(settings, a_file_with_a_zero_byte_is_refused)
{
    static const char content[] = "loops = 1\0\n";
    struct settings s;

    setting_defaults(&settings_table, &s);
    cr_assert_not(
        setting_read_text(&settings_table, &s, "x", (struct text){content, sizeof content - 1}, true, &fault));
    cr_assert_eq(fault.code, ERR_SETTING_INVALID);
}

Test(settings, a_secret_in_a_file_that_others_may_read_is_refused)
{
    char name[] = "/tmp/jianan-settings-XXXXXX";
    int fd = mkstemp(name);
    static const char content[] = "database = host=db password=x\n";
    struct settings s;

    cr_assert(fd >= 0 && write(fd, content, sizeof content - 1) == (ssize_t)sizeof content - 1);
    setting_defaults(&settings_table, &s);
    cr_expect(fchmod(fd, 0644) == 0 && !setting_read_file(&settings_table, &s, name, &fault));
    cr_expect_eq(fault.code, ERR_FILE_MODE);
    cr_expect(fchmod(fd, 0640) == 0 && setting_read_file(&settings_table, &s, name, &fault), "%s", fault.text);
    cr_expect_str_eq(s.database, "host=db password=x");
    close(fd);
    unlink(name);
}

Test(settings, a_file_that_cannot_be_read_is_refused)
{
    struct settings s;

    setting_defaults(&settings_table, &s);
    cr_expect_not(setting_read_file(&settings_table, &s, "/nonexistent/jianan.conf", &fault));
    cr_expect_eq(fault.code, ERR_FILE_UNREADABLE);
    cr_expect_not(setting_read_file(&settings_table, &s, "/tmp", &fault));
    cr_expect_eq(fault.code, ERR_FILE_UNREADABLE);
}

Test(settings, a_file_without_end_is_refused)
{
    struct settings s;

    setting_defaults(&settings_table, &s);
    cr_expect_not(setting_read_file(&settings_table, &s, "/dev/zero", &fault));
    cr_expect_eq(fault.code, ERR_SETTING_INVALID);
}

Test(settings, arguments_win_over_environment_over_file)
{
    struct settings s;
    char *environment[] = {ARG("JIANAN_LOOPS=2"), ARG("JIANAN_QUEUE_MAX=20"), ARG("HOME=/"), NULL};
    char *arguments[] = {ARG("--queue_max=30")};

    cr_assert(reads(&s, "loops = 1\nqueue_max = 10\npass_ms = 100"));
    cr_assert(setting_read_environment(&settings_table, &s, environment, &fault), "%s", fault.text);
    cr_assert(setting_read_arguments(&settings_table, &s, arguments, 1, &fault), "%s", fault.text);
    cr_expect_eq(s.pass_ms, 100);
    cr_expect_eq(s.loops, 2);
    cr_expect_eq(s.queue_max, 30);
}

Test(settings, a_misspelt_variable_is_refused_and_a_foreign_one_is_not)
{
    struct settings s;
    char *foreign[] = {ARG("JIANAN_SERVER=https://localhost"), ARG("JIANAN_=x"), NULL};
    char *misspelt[] = {ARG("JIANAN_QUEUEMAX=1"), NULL};

    setting_defaults(&settings_table, &s);
    cr_expect(setting_read_environment(&settings_table, &s, foreign, &fault), "%s", fault.text);
    cr_expect_not(setting_read_environment(&settings_table, &s, misspelt, &fault));
    cr_expect_not_null(strstr(fault.text, "did you mean queue_max?"), "%s", fault.text);
}

struct bad_argument {
    char argument[60], says[80];
};

ParameterizedTestParameters(settings, a_bad_argument_is_refused)
{
    static struct bad_argument cases[] = {
        {"loops=1", "is not of the form --name=value"},
        {"--loop=1", "did you mean loops?"},
        {"--loops", "loops has no value"},
        {"--loops=", "loops has no value"},
        {"--loops=x", "loops is a number of threads, 0 to 64"},
        {"--", "no setting is called \"\""},
    };

    return cr_make_param_array(struct bad_argument, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct bad_argument *c, settings, a_bad_argument_is_refused)
{
    struct settings s;
    char *arguments[] = {c->argument};

    setting_defaults(&settings_table, &s);
    cr_assert_not(setting_read_arguments(&settings_table, &s, arguments, 1, &fault));
    cr_expect_not_null(strstr(fault.text, c->says), "%s: %s", c->argument, fault.text);
}

Test(settings, printed_settings_can_be_read_again_and_hide_secrets)
{
    static char printed[SETTING_PRINT_BYTES];
    struct build out = build_over(printed, sizeof printed);
    struct settings s, again;

    cr_assert(reads(&s, "database = host=db password=hunter2\nloops = 7\nlog_level = debug"));
    setting_print(&settings_table, &s, &out);
    cr_assert_not(out.full);
    cr_assert_null(strstr(printed, "hunter2"));
    cr_assert(reads(&again, printed), "%s", fault.text);
    cr_expect_eq(again.loops, 7);
    cr_expect_eq(again.log_level, LOG_DEBUG);
}

Test(settings, help_names_every_setting_with_its_range)
{
    static char printed[SETTING_PRINT_BYTES];
    struct build out = build_over(printed, sizeof printed);

    setting_print_help(&settings_table, &out);
    cr_assert_not(out.full);
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    cr_expect_not_null(strstr(printed, "--" #name "=" standard "\n"), #name);
#include "settings.def"
#undef SETTING
    cr_expect_not_null(strstr(printed, "(10 to 1400 ms)"));
}

/* What a server needs before it may serve. */
static void fill(struct settings *s, const char *key_file)
{
    setting_defaults(&settings_table, s);
    strncpy(s->database, "host=/run/pg", sizeof s->database - 1);
    strncpy(s->spool_dir, "/tmp", sizeof s->spool_dir - 1);
    strncpy(s->vault_file, key_file, sizeof s->vault_file - 1);
    strncpy(s->signing_key, key_file, sizeof s->signing_key - 1);
    strncpy(s->tls_key, key_file, sizeof s->tls_key - 1);
    strncpy(s->tls_certificate, "cert.pem", sizeof s->tls_certificate - 1);
}

Test(settings, an_origin_is_what_browsers_write)
{
    static const struct {
        const char *origin;
        bool good;
    } cases[] = {
        {"", true},
        {"https://code.example.cn", true},
        {"https://code.example.cn:8443", true},
        {"http://localhost:8080", true},
        {"https://code.example.cn/", false},
        {"https://code.example.cn/app", false},
        {"code.example.cn", false},
        {"https:code.example.cn", false},
        {"https://", false},
        {"null", false},
    };
    char name[] = "/tmp/jianan-key-XXXXXX";
    int fd = mkstemp(name);
    struct settings s;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fill(&s, name);
        strncpy(s.origin, cases[i].origin, sizeof s.origin - 1);
        cr_expect_eq(settings_check_serving(&s, &fault), cases[i].good, "%s", cases[i].origin);
    }
    close(fd);
    unlink(name);
}

Test(settings, what_serving_needs_is_checked)
{
    char name[] = "/tmp/jianan-key-XXXXXX";
    int fd = mkstemp(name);
    struct settings s;

    fill(&s, name);
    cr_expect(settings_check_serving(&s, &fault), "%s", fault.text);
    s.database[0] = '\0';
    cr_expect_not(settings_check_serving(&s, &fault));
    fill(&s, name);
    s.listen_port = 0;
    cr_expect_not(settings_check_serving(&s, &fault), "nothing listens");
    fill(&s, name);
    s.tls_certificate[0] = '\0';
    cr_expect_not(settings_check_serving(&s, &fault));
    fill(&s, name);
    cr_expect(fchmod(fd, 0604) == 0 && !settings_check_serving(&s, &fault));
    cr_expect_eq(fault.code, ERR_FILE_MODE);
    close(fd);
    unlink(name);
    cr_expect_not(settings_check_serving(&s, &fault));
    cr_expect_eq(fault.code, ERR_FILE_UNREADABLE);
}
