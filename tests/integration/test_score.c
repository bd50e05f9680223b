/* `jianan score` as a program: lines in, lines out, exit status. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JIANGSU JIANAN_SOURCE_DIR "/migrations/policies/jiangsu-2023-05.json"
#define DEFAULT JIANAN_SOURCE_DIR "/migrations/policies/default.json"

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define IDENTITY "{\"kind\":\"identity\"," AT("2026-01-01") ",\"birth_date\":\"1970-05-01\",\"sex\":\"M\"}"
#define TRAINING(date, type, hours) \
    "{\"kind\":\"training\"," AT(date) ",\"type\":\"" type "\",\"hours\":" hours ",\"passed\":true,\"site\":\"S1\"}"
#define VIOLATION "{\"kind\":\"violation\"," AT("2026-10-01") \
    ",\"class\":\"operation\",\"category\":\"7.06\",\"severity\":4}"
#define HERE "\"context\":{\"trade\":\"030\",\"role\":\"worker\",\"site\":\"S1\"," \
    "\"site_state\":\"open\",\"org_permit\":\"valid\"}"
#define GOOD IDENTITY ",{\"kind\":\"exam\"," AT("2026-01-02") \
    ",\"conclusion\":\"no_abnormality\",\"valid_until\":\"2031-01-02\"}," \
    TRAINING("2026-01-03", "entry_company", "15") "," TRAINING("2026-01-04", "entry_project", "15") \
    "," TRAINING("2026-01-05", "entry_team", "20") "," TRAINING("2026-01-06", "site_entry", "2") \
    ",{\"kind\":\"study\"," AT("2026-01-07") ",\"points\":60}," \
    "{\"kind\":\"agreement\"," AT("2026-01-01") ",\"type\":\"labour_contract\",\"from\":\"2026-01-01\"}"

static char out[1 << 16];

static int run(const char *in, char *const argv[])
{
    FILE *from = tmpfile(), *to = tmpfile();
    int status = 0;
    size_t bytes;
    pid_t child;

    cr_assert(from != NULL && to != NULL);
    cr_assert_eq(fwrite(in, 1, strlen(in), from), strlen(in));
    (void)fflush(from);
    rewind(from);
    child = fork();
    if (child == 0) {
        dup2(fileno(from), STDIN_FILENO);
        dup2(fileno(to), STDOUT_FILENO);
        execv(SCORE_TOOL, argv);
        _exit(127);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    rewind(to);
    bytes = fread(out, 1, sizeof out - 1, to);
    out[bytes] = '\0';
    (void)fclose(from);
    (void)fclose(to);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define ARGV(...) ((char *[]){(char *)"score", __VA_ARGS__, NULL})
#define A(text) (char *)(text)

Test(score, the_documented_example_comes_out_as_documented)
{
    int status = run("{\"id\":\"c1\",\"region\":\"320900\"," HERE ",\"records\":[" GOOD "]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21")));

    cr_assert_eq(status, 0);
    cr_assert_str_eq(out,
        "{\"id\":\"c1\",\"person_colour\":\"green\",\"colour_here\":\"yellow\",\"reasons\":[{\"code\":"
        "\"CERT_NONE\",\"colour\":\"yellow\",\"scope\":\"trade\",\"since\":\"2026-01-01\",\"until\":"
        "null}],\"next_change\":\"2027-01-05\",\"policy\":\"JS-2023-05\",\"semantics\":1,\"on\":"
        "\"2026-11-21\"}\n");
}

Test(score, without_a_context_colour_here_is_null)
{
    cr_assert_eq(run("{\"id\":1,\"region\":\"32\",\"records\":[" GOOD "]}",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 0);
    cr_assert_not_null(strstr(out, "{\"id\":1,\"person_colour\":\"green\",\"colour_here\":null,"));
}

Test(score, a_bad_line_is_answered_in_its_place_and_the_status_is_3)
{
    cr_assert_eq(run("{\"id\":\"a\",\"region\":\"32\",\"records\":[]}\n"
                     "{\"id\":\"b\",\"region\":\"32\",\"records\":[{\"kind\":\"exam\"," AT("2026-01-02")
                     ",\"conclusion\":\"fine\"}]}\n"
                     "{\"id\":\"c\",\"id\":\"c\"}\n"
                     "{\"id\":\"d\",\"region\":\"32\",\"records\":[]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 3);
    cr_assert_not_null(strstr(out, "\n{\"line\":2,\"error\":{\"code\":\"field_choice\",\"field\":"
                                   "\"/records/0/conclusion\",\"expected\":\"no_abnormality|"));
    cr_assert_not_null(strstr(out, "\n{\"line\":3,\"error\":{\"code\":\"json_syntax\""));
    cr_assert(strstr(out, "\"id\":\"a\"") < strstr(out, "\"line\":2"));
    cr_assert(strstr(out, "\"line\":3") < strstr(out, "\"id\":\"d\""));
}

Test(score, the_region_chooses_among_policies_and_none_is_an_error)
{
    cr_assert_eq(run("{\"id\":1,\"region\":\"320900\",\"records\":[]}\n"
                     "{\"id\":2,\"region\":\"410100\",\"records\":[]}\n",
                     ARGV(A("--policy"), A(DEFAULT), A("--policy"), A(JIANGSU), A("--on"),
                          A("2026-11-21"))), 0);
    cr_assert(strstr(out, "JS-2023-05") < strstr(out, "CN-DEFAULT"));
    cr_assert_eq(run("{\"id\":2,\"region\":\"410100\",\"records\":[]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 3);
    cr_assert_not_null(strstr(out, "\"field\":\"/region\""));
}

Test(score, known_at_leaves_out_what_was_recorded_later)
{
    const char *in = "{\"id\":1,\"region\":\"32\",\"records\":[" GOOD "," VIOLATION "]}\n";

    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 0);
    cr_assert_not_null(strstr(out, "\"person_colour\":\"red\""));
    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"), A("--known-at"),
                              A("2026-09-30T00:00:00Z"))), 0);
    cr_assert_not_null(strstr(out, "\"person_colour\":\"green\""));
}

#define STUDIED_AT(version, time, points) \
    "{\"kind\":\"study\",\"occurred_on\":\"2026-01-02\",\"version\":" version \
    ",\"recorded_at\":\"2026-01-02T" time "Z\",\"points\":" points "}"

/* A clock that was set back: version 1 says it was recorded after version 2, and cannot have been. */
Test(score, known_at_takes_all_versions_up_to_the_last_one_known)
{
    cr_assert_eq(run("{\"id\":1,\"records\":[" STUDIED_AT("1", "09:00:00", "59") ","
                     STUDIED_AT("2", "08:00:00", "1") "," STUDIED_AT("3", "10:00:00", "1") "]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"), A("--known-at"),
                          A("2026-01-02T08:30:00Z"))), 0);
    cr_assert_null(strstr(out, "TRAIN_POINTS"));
}

Test(score, a_reference_that_leads_nowhere_is_told_by_its_place_in_the_line_at_any_known_at)
{
    cr_assert_eq(run("{\"id\":1,\"records\":[" STUDIED_AT("2", "09:00:00", "5") ",{\"kind\":"
                     "\"supersede\",\"occurred_on\":\"2026-01-02\",\"version\":1,\"recorded_at\":"
                     "\"2026-01-02T08:00:00Z\",\"of\":2}]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"), A("--known-at"),
                          A("2026-01-02T08:30:00Z"))), 3);
    cr_assert_not_null(strstr(out, "\"field\":\"/records/1/of\""));
}

Test(score, an_empty_word_is_no_way_of_leaving_it_out)
{
    cr_assert_eq(run("{\"id\":1,\"context\":{\"site_state\":\"\"},\"records\":[]}\n"
                     "{\"id\":2,\"context\":{\"role\":\"\"},\"records\":[]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 3);
    cr_assert_not_null(strstr(out, "\"field\":\"/context/site_state\""));
    cr_assert_not_null(strstr(out, "\"field\":\"/context/role\""));
    cr_assert_not_null(strstr(out, "\"expected\":\"worker|manager|"), "%s", out);
    cr_assert_not_null(strstr(out, "\"expected\":\"open|stopped|closed\""), "%s", out);
}

Test(score, a_region_has_2_4_or_6_digits_as_a_policy_s_has)
{
    static const char *const wrong[] = {"3", "320", "32090", "3209000", "32 9"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[80];

        snprintf(line, sizeof line, "{\"id\":1,\"region\":\"%s\",\"records\":[]}\n", wrong[i]);
        cr_expect_eq(run(line, ARGV(A("--policy"), A(DEFAULT), A("--on"), A("2026-11-21"))), 3);
        cr_expect_not_null(strstr(out, "\"field\":\"/region\""), "%s: %s", wrong[i], out);
        cr_expect_not_null(strstr(out, "2, 4 or 6 digits"), "%s: %s", wrong[i], out);
    }
    cr_expect_eq(run("{\"id\":1,\"region\":\"\",\"records\":[]}\n"
                     "{\"id\":2,\"region\":\"3209\",\"records\":[]}\n",
                     ARGV(A("--policy"), A(DEFAULT), A("--on"), A("2026-11-21"))), 0, "%s", out);
}

/* What the context leaves out is not judged, and the description of a case says so. */
Test(score, a_permit_that_is_left_out_is_not_judged_and_the_usage_says_so)
{
    static const char line[] = "{\"id\":1,\"region\":\"32\",\"context\":{\"trade\":\"020\","
                               "\"role\":\"worker\",\"site\":\"S1\",\"site_state\":\"open\"%s},"
                               "\"records\":[" GOOD "]}\n";
    char in[4096];

    snprintf(in, sizeof in, line, "");
    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 0);
    cr_expect_not_null(strstr(out, "\"colour_here\":\"green\""), "%s", out);
    snprintf(in, sizeof in, line, ",\"org_permit\":\"none\"");
    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 0);
    cr_expect_not_null(strstr(out, "\"code\":\"ENT_PERMIT\""), "%s", out);
    cr_assert_eq(run("", ARGV(A("--help"))), 0);
    cr_expect_not_null(strstr(out, "\"org_permit\":\"valid\""), "%s", out);
    cr_expect_not_null(strstr(out, "不判定"), "%s", out);
}

Test(score, records_without_versions_are_ordered_by_when_they_were_recorded)
{
    /* the later recorded of two exams of one day stands first in the array */
    cr_assert_eq(run("{\"id\":1,\"region\":\"32\",\"records\":[" GOOD ","
                     "{\"kind\":\"exam\",\"occurred_on\":\"2026-02-01\",\"recorded_at\":"
                     "\"2026-02-03T08:00:00Z\",\"conclusion\":\"unfit\"},"
                     "{\"kind\":\"exam\",\"occurred_on\":\"2026-02-01\",\"recorded_at\":"
                     "\"2026-02-02T08:00:00Z\",\"conclusion\":\"no_abnormality\"}]}\n",
                     ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-02-05"))), 0);
    cr_assert_not_null(strstr(out, "HEALTH_UNFIT"));
}

Test(score, a_line_beyond_the_limit_is_refused_and_the_next_one_is_judged)
{
    static const char rest[] = "}\n{\"id\":9,\"region\":\"32\",\"records\":[]}\n";
    size_t length = 5 << 20;
    char *in = malloc(length + sizeof rest);

    cr_assert_not_null(in);
    memset(in, ' ', length);
    in[0] = '{';
    memcpy(in + length, rest, sizeof rest);
    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-21"))), 3);
    cr_assert_not_null(strstr(out, "{\"line\":1,\"error\":{\"code\":\"too_large\""));
    cr_assert_not_null(strstr(out, "{\"id\":9,"));
    free(in);
}

Test(score, a_span_is_answered_by_runs_that_end_with_a_colour_or_the_policy)
{
    const char *in = "{\"id\":\"c1\",\"region\":\"320900\"," HERE ",\"records\":[" GOOD "]}\n";
    char *const argv[] = {A("score"), A("--policy"), A(JIANGSU), A("--policy"), A(DEFAULT),
                          A("--from"), A("2023-05-24"), A("--to"), A("2023-05-25"), NULL};

    cr_assert_eq(run(in, argv), 0);
    cr_expect_not_null(strstr(out, "{\"id\":\"c1\",\"runs\":[{\"from\":\"2023-05-24\",\"until\":"
                                   "\"2023-05-25\""), "%s", out);
    cr_expect_not_null(strstr(out, "\"policy\":\"CN-DEFAULT\"},{\"from\":\"2023-05-25\",\"until\":"
                                   "\"2023-05-26\""), "%s", out);
    cr_expect_not_null(strstr(out, "\"policy\":\"JS-2023-05\"}]}\n"), "%s", out);
}

Test(score, a_calendar_says_of_its_runs_what_is_said_of_their_first_days)
{
    const char *in = "{\"id\":\"c1\",\"region\":\"32\"," HERE ",\"records\":[" GOOD "," VIOLATION "]}\n";
    static const char *const firsts[] = {"2026-09-01", "2026-10-01", "2027-01-07", "2027-10-01"};
    static char runs[1 << 16];
    unsigned found = 0;

    cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--from"), A("2026-09-01"), A("--to"),
                              A("2027-12-31"))), 0);
    memcpy(runs, out, sizeof runs);
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        char from[64], *at, *end;

        snprintf(from, sizeof from, "{\"from\":\"%s\"", firsts[i]);
        at = strstr(runs, from);
        if (at == NULL)
            continue;
        found++;
        at = strstr(at, "\"person_colour\"");
        end = strstr(at, ",\"policy\"");
        *end = '\0';
        cr_assert_eq(run(in, ARGV(A("--policy"), A(JIANGSU), A("--on"), A(firsts[i]))), 0);
        cr_expect_not_null(strstr(out, at), "%s: %s, not %s", firsts[i], out, at);
        *end = ',';
    }
    cr_expect_geq(found, 3, "%s", runs);
}

Test(score, wrong_usage_is_2)
{
    static const char *const spans[][2] = {
        {"2026-02-02", "2026-02-01"}, {"2026-01-01", "2029-12-31"}, {"2026-02-30", "2026-03-01"}};

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        cr_expect_eq(run("", ARGV(A("--policy"), A(JIANGSU), A("--from"), A(spans[i][0]), A("--to"),
                                  A(spans[i][1]))), 2, "%s", spans[i][0]);
    cr_expect_eq(run("", ARGV(A("--policy"), A(JIANGSU), A("--from"), A("2026-01-01"))), 2);
    cr_expect_eq(run("", ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-01-01"), A("--from"),
                              A("2026-01-01"), A("--to"), A("2026-02-01"))), 2);
    cr_assert_eq(run("", ARGV(A("--on"), A("2026-11-21"))), 2);
    cr_assert_eq(run("", ARGV(A("--policy"), A(JIANGSU))), 2);
    cr_assert_eq(run("", ARGV(A("--policy"), A(JIANGSU), A("--on"), A("2026-11-31"))), 2);
    cr_assert_eq(run("", ARGV(A("--policy"), A("/nowhere.json"), A("--on"), A("2026-11-21"))), 2);
}

Test(score, a_policy_that_is_none_is_3)
{
    cr_assert_eq(run("", ARGV(A("--policy"), A("/dev/null"), A("--on"), A("2026-11-21"))), 3);
}
