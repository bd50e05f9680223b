/* Migrations: whole or not at all, once, in order, and only those this program knows. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/pg_fixture.h"

/* The third takes long enough to be killed in. */
static const struct migration rows[] = {
    {1, "one", "CREATE TABLE one (a int); GRANT SELECT ON schema_migration TO jianan_app", "h1"},
    {2, "two", "INSERT INTO one VALUES (2)", "h2"},
    {3, "three", "INSERT INTO one VALUES (3); SELECT pg_sleep(0.2); INSERT INTO one VALUES (33)",
     "h3"},
    {4, "four", "ALTER TABLE one ADD b int", "h4"},
};
static const struct migration_list all = {rows, 4}, first_two = {rows, 2};
static struct arena arena;

static void set_up(void)
{
    fixture_open_empty();
    arena_init(&arena, 65536);
}

static void tear_down(void)
{
    arena_clear(&arena);
    fixture_close();
}

TestSuite(migrations, .init = set_up, .fini = tear_down, .timeout = 120);

static struct err migrate(const struct migration_list *list)
{
    return migrate_run(fixture_conninfo(FIXTURE_OWNER), list, &arena);
}

static struct err check(const struct migration_list *list)
{
    return migrate_check(fixture_conninfo(FIXTURE_APP), list, &arena);
}

static void expect(struct err e, enum err_code code, const char *says)
{
    cr_assert_eq(e.code, code, "%s", e.detail);
    if (says != NULL)
        cr_assert_not_null(strstr(e.detail, says), "%s", e.detail);
}

static void expect_all_applied(void)
{
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM schema_migration"), 4);
    cr_assert_eq(fixture_query_int("SELECT sum(a) FROM one"), 2 + 3 + 33, "each ran once");
    expect(check(&all), ERR_NONE, NULL);
}

Test(migrations, all_are_applied_once_and_remembered)
{
    expect(migrate(&all), ERR_NONE, NULL);
    expect(migrate(&all), ERR_NONE, NULL);
    expect_all_applied();
}

Test(migrations, what_is_missing_is_added_later)
{
    expect(migrate(&first_two), ERR_NONE, NULL);
    expect(check(&first_two), ERR_NONE, NULL);
    expect(migrate(&all), ERR_NONE, NULL);
    expect_all_applied();
}

Test(migrations, an_older_database_is_named_with_both_versions)
{
    expect(check(&all), ERR_SCHEMA_VERSION, "version 0, this program at 4");
    expect(migrate(&first_two), ERR_NONE, NULL);
    expect(check(&all), ERR_SCHEMA_VERSION, "version 2, this program at 4");
}

Test(migrations, a_newer_database_is_refused_by_an_older_program)
{
    expect(migrate(&all), ERR_NONE, NULL);
    expect(migrate(&first_two), ERR_SCHEMA_VERSION, "version 4, this program at 2");
    expect(check(&first_two), ERR_SCHEMA_VERSION, "version 4, this program at 2");
}

Test(migrations, an_edited_migration_is_refused_by_name)
{
    const struct migration edited[] = {rows[0], {2, "two", "SELECT 1", "other"}, rows[2], rows[3]};
    const struct migration_list list = {edited, 4};

    expect(migrate(&first_two), ERR_NONE, NULL);
    expect(migrate(&list), ERR_SCHEMA_VERSION, "migration 2 (two)");
    expect(check(&list), ERR_SCHEMA_VERSION, "migration 2 (two)");
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM schema_migration"), 2);
}

Test(migrations, a_failing_migration_leaves_nothing_of_itself)
{
    const struct migration bad[] = {
        rows[0], {2, "bad", "INSERT INTO one VALUES (5); INSERT INTO nowhere VALUES (1)", "x"}};
    const struct migration_list list = {bad, 2};

    expect(migrate(&list), ERR_INTERNAL, "bad: 42P01");
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM one"), 0);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM schema_migration"), 1);
    expect(migrate(&all), ERR_NONE, NULL);
    expect_all_applied();
}

Test(migrations, one_that_ends_its_own_transaction_is_refused)
{
    const struct migration bad[] = {{1, "bad", "CREATE TABLE half (a int); COMMIT", "x"}};
    const struct migration_list list = {bad, 1};

    expect(migrate(&list), ERR_INTERNAL, "must not end its transaction");
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM schema_migration"), 0);
}

/* A migrator of its own process; its exit status is the error. */
static pid_t migrate_apart(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit((int)migrate(&all).code);
    cr_assert_gt(pid, 0);
    return pid;
}

Test(migrations, of_two_migrators_one_works_and_both_succeed)
{
    pid_t migrators[2] = {migrate_apart(), migrate_apart()};

    for (int i = 0; i < 2; i++) {
        int status;

        cr_assert_eq(waitpid(migrators[i], &status, 0), migrators[i]);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == ERR_NONE);
    }
    expect_all_applied();
}

Test(migrations, a_migrator_killed_at_any_moment_is_finished_by_the_next)
{
    unsigned halfway = 0;

    for (int ms = 0; ms <= 300; ms += 15) {
        pid_t pid = migrate_apart();
        int64_t count;

        usleep((useconds_t)ms * 1000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        count = fixture_query_int("SELECT CASE WHEN to_regclass('schema_migration') IS NULL THEN 0"
                                  " ELSE (xpath('/row/n/text()', query_to_xml("
                                  "'SELECT count(*) AS n FROM schema_migration',"
                                  " false, true, '')))[1]::text::int END");
        halfway += count > 0 && count < 4;
        expect(migrate(&all), ERR_NONE, NULL);
        expect_all_applied();
        fixture_exec("DROP TABLE one, schema_migration");
    }
    cr_assert_gt(halfway, 0, "it was never killed in the midst of it");
}

Test(migrations, a_table_that_is_held_for_a_moment_is_tried_again)
{
    const struct migration alter[] = {rows[0], {2, "alter", "ALTER TABLE one ADD c int", "x"}};
    const struct migration_list list = {alter, 2}, one = {alter, 1};
    int64_t began;
    pid_t holder;

    expect(migrate(&one), ERR_NONE, NULL);
    holder = fork();
    if (holder == 0) {
        fixture_exec("BEGIN; LOCK TABLE one; SELECT pg_sleep(2.5); COMMIT");
        _exit(0);
    }
    usleep(300000);
    began = clock_monotonic_us();
    expect(migrate(&list), ERR_NONE, NULL);
    cr_assert_gt(clock_monotonic_us() - began, 1000000, "the table was held");
    waitpid(holder, NULL, 0);
}

Test(migrations, the_embedded_list_is_what_the_program_was_built_with)
{
    cr_assert_eq(migrations_embedded.count, 2);
    cr_assert_str_eq(migrations_embedded.rows[0].name, "item");
    cr_assert_eq(migrations_embedded.rows[1].number, 2);
    cr_assert_eq(strlen(migrations_embedded.rows[1].sha256), 64);
    expect(migrate(&migrations_embedded), ERR_NONE, NULL);
    cr_assert_eq(fixture_query_int("SELECT value FROM counter"), 0);
}
