/* clients/sim/city.h: the fictional city: who is in it, and what is known of it between two runs.
 *
 * DIR/run.json   begun before anything is asked of the server: run number, seed, day, size. All
 *                Idempotency-Keys follow from it, so a run that was cut short goes on where it was.
 * DIR/city.json  written when everything is there: numbers of sites, gates and workers, and the
 *                keys of the workers' phones (mode 600).
 * DIR/keys/      one file a key, mode 600. */
#ifndef SIM_CITY_H
#define SIM_CITY_H

#include <stdbool.h>
#include <stdint.h>

#include "clients/sim/people.h"

enum { SITES = 3, CONTRACTORS = 5, CLINICS = 2, CENTRES = 2, GATES = 8, PATH_BYTES = 512 };

struct city_worker {
    int64_t id;
    char key[80]; /* of his phone; "" when he has none */
};

struct city {
    const char *dir;
    char run[17]; /* 16 hex digits */
    uint64_t seed;
    day_t today;
    unsigned worker_count;
    int64_t owner, contractors[CONTRACTORS], clinics[CLINICS], centres[CENTRES], regulator;
    int64_t sites[SITES], gates[GATES];
    struct city_worker *workers; /* by place */
};

/* What the tables say. */
struct city_site {
    const char *name, *region, *rule;
};
extern const struct city_site city_sites[SITES];
extern const char *const city_contractors[CONTRACTORS];
unsigned city_site_of_contractor(unsigned contractor);
unsigned city_site_of_gate(unsigned gate);
unsigned city_contractor_of(unsigned place); /* of the worker at this place */

/* Reads or makes run.json; *is_complete when city.json was read too. False after saying why. */
bool city_open(struct city *city, const char *dir, uint64_t seed, unsigned workers,
               bool *is_complete);
bool city_save(const struct city *city);
void city_clear(struct city *city);

/* DIR/keys/NAME.key, or DIR/keys/NAME-NUMBER.key when number is not 0. */
void city_key_file(const struct city *city, const char *name, unsigned number,
                   char path[PATH_BYTES]);
/* Reads it; false after saying why. */
bool city_key(const struct city *city, const char *name, unsigned number, char *key);
bool city_has_key(const struct city *city, const char *name, unsigned number);

#endif
