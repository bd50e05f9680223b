/* support/pg_fixture.h: a database of its own for each test, on a private PostgreSQL.
 *
 * The cluster is the one whose socket folder JIANAN_TEST_PG names (CTest starts and stops it); run
 * by hand, a test program starts one and removes it at its end. A template database with all
 * migrations applied is made once a cluster; each test gets a copy:
 *
 *     TestSuite(records, .init = fixture_open, .fini = fixture_close);
 *
 * Everything dies loudly: a fixture that cannot be made is not a test's finding. */
#ifndef SUPPORT_PG_FIXTURE_H
#define SUPPORT_PG_FIXTURE_H

#include <stdint.h>
#include <sys/types.h>

#include "store/migrate.h"

/* The owner runs migrations, the application serves, the superuser arranges and looks. */
enum fixture_role { FIXTURE_OWNER, FIXTURE_APP, FIXTURE_SUPERUSER };

void fixture_open(void);       /* a copy of the migrated template */
void fixture_open_empty(void); /* a database without any schema */
void fixture_close(void);      /* drops it, and reports leaks, which Criterion does not */

/* Valid until the next fixture_open. */
const char *fixture_conninfo(enum fixture_role role);

/* As the superuser, in the test's database. */
void fixture_exec(const char *sql);
int64_t fixture_query_int(const char *sql); /* the first column of the only row */

/* A cluster of the test's own, for those who kill it. */
struct cluster {
    char dir[64];
    pid_t pid; /* postgres itself: a direct child; 0 when down */
};
void cluster_init(struct cluster *cluster); /* makes the folder, starts nothing */
void cluster_start(struct cluster *cluster,
                   const char *settings);     /* "" or "-c name=value …"; waits */
void cluster_kill(struct cluster *cluster);   /* SIGKILL to all its processes, waits */
void cluster_clear(struct cluster *cluster);  /* kill, and removes the folder */
void fixture_open_on(const char *socket_dir); /* like fixture_open, on this cluster */

#endif
