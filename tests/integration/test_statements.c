/* Every statement of store/sql against the migrated schema: what its header comment says is what
 * PostgreSQL describes. A drifted column fails here, by name, before it misleads a decoder. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/pg.h"
#include "support/pg_fixture.h"

static PGconn *pq;

static void set_up(void)
{
    fixture_open();
    pq = PQconnectdb(fixture_conninfo(FIXTURE_APP));
    cr_assert_eq(PQstatus(pq), CONNECTION_OK, "%s", PQerrorMessage(pq));
}

static void tear_down(void)
{
    PQfinish(pq);
    fixture_close();
}

TestSuite(statements, .init = set_up, .fini = tear_down, .timeout = 120);

/* The type's oid by name; 0 when PostgreSQL knows none. */
static Oid type_named(struct text name)
{
    char text[64];
    const char *values[] = {text};
    PGresult *result;
    Oid oid;

    snprintf(text, sizeof text, "%.*s", (int)name.bytes, name.at);
    result =
        PQexecParams(pq, "SELECT coalesce(to_regtype($1)::oid, 0)", 1, NULL, values, NULL, NULL, 0);
    cr_assert_eq(PQresultStatus(result), PGRES_TUPLES_OK, "%s", PQerrorMessage(pq));
    oid = (Oid)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return oid;
}

/* Takes "name type" off a list; false at its end. */
static bool next_of(struct text *list, struct text *name, struct text *type)
{
    struct text one;

    if (list->at == NULL || list->bytes == 0)
        return false;
    one = text_trim(text_cut(*list, ',', list));
    *name = text_cut(one, ' ', type);
    *type = text_trim(*type);
    return true;
}

static unsigned compare_params(const struct statement_row *row, const PGresult *described)
{
    struct text list = text_of(row->params), name, type;
    unsigned wrong = 0;

    if (PQnparams(described) != row->param_count) {
        fprintf(stderr, "%s.sql describes %d parameters, it has %d\n", row->name, row->param_count,
                PQnparams(described));
        return 1;
    }
    for (int i = 0; next_of(&list, &name, &type); i++) {
        if (type_named(type) == PQparamtype(described, i))
            continue;
        fprintf(stderr, "%s.sql: $%d %.*s is not %.*s\n", row->name, i + 1, (int)name.bytes,
                name.at, (int)type.bytes, type.at);
        wrong++;
    }
    return wrong;
}

static unsigned compare_columns(const struct statement_row *row, const PGresult *described)
{
    struct text list = text_of(row->columns), name, type;
    unsigned wrong = 0;
    int i;

    for (i = 0; next_of(&list, &name, &type); i++) {
        if (i < PQnfields(described) && text_is(name, PQfname(described, i)) &&
            type_named(type) == PQftype(described, i))
            continue;
        fprintf(stderr, "%s.sql: column %d is `%s`, its header says `%.*s %.*s`\n", row->name,
                i + 1, i < PQnfields(described) ? PQfname(described, i) : "absent", (int)name.bytes,
                name.at, (int)type.bytes, type.at);
        wrong++;
    }
    if (i != PQnfields(described)) {
        fprintf(stderr, "%s.sql: its header has %d columns, it returns %d\n", row->name, i,
                PQnfields(described));
        wrong++;
    }
    return wrong;
}

static unsigned compare_statement(const struct statement_row *row)
{
    PGresult *prepared = PQprepare(pq, row->name, row->text, 0, NULL), *described;
    unsigned wrong;

    if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s.sql: %s", row->name, PQerrorMessage(pq));
        PQclear(prepared);
        return 1;
    }
    PQclear(prepared);
    described = PQdescribePrepared(pq, row->name);
    wrong = compare_params(row, described) + compare_columns(row, described);
    PQclear(described);
    return wrong;
}

Test(statements, every_header_says_what_postgresql_describes)
{
    unsigned wrong = 0;

    for (int i = 0; i < SQL_COUNT; i++)
        wrong += compare_statement(&statements[i]);
    cr_assert_eq(wrong, 0, "%u differences; see above", wrong);
}

Test(statements, a_drifted_header_would_be_noticed)
{
    static const struct statement_row drifted[] = {
        {"drift_type", "SELECT 1::bigint AS a", 0, false, "", "a integer"},
        {"drift_name", "SELECT 1::bigint AS a", 0, false, "", "b bigint"},
        {"drift_more", "SELECT 1::bigint AS a, 2 AS b", 0, false, "", "a bigint"},
        {"drift_param", "SELECT $1::text AS a", 1, false, "x bigint", "a text"},
        {"drift_count", "SELECT $1::text AS a", 2, false, "x text, y text", "a text"},
        {"drift_gone", "SELECT a FROM no_such_table", 0, false, "", "a bigint"},
    };

    for (size_t i = 0; i < sizeof drifted / sizeof *drifted; i++)
        cr_assert_gt(compare_statement(&drifted[i]), 0, "%s", drifted[i].name);
}

static const char *const mapped_constraints[] = {
#define CONSTRAINT(name, code) #name,
#include "store/constraints.def"
#undef CONSTRAINT
    NULL,
};

/* A unique index is a constraint to whoever breaks it. */
Test(statements, every_mapped_constraint_exists)
{
    for (int i = 0; mapped_constraints[i] != NULL; i++) {
        char sql[256];

        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM (SELECT conname FROM pg_constraint UNION"
                 " SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
                 " WHERE indisunique) AS c WHERE conname = '%s'",
                 mapped_constraints[i]);
        cr_assert_eq(fixture_query_int(sql), 1, "%s", mapped_constraints[i]);
    }
}

Test(statements, the_application_can_see_the_version_of_the_schema)
{
    struct arena arena;

    arena_init(&arena, 4096);
    cr_assert_not(
        err_is(migrate_check(fixture_conninfo(FIXTURE_APP), &migrations_embedded, &arena)));
    arena_clear(&arena);
}
