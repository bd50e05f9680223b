/* clients/gate/place.h: where this gate stands, and the written rule there, as /v1/gate/site says. */
#ifndef GATE_PLACE_H
#define GATE_PLACE_H

#include "base/clock.h"
#include "domain/directory.h"

enum { PLACE_RECTIFYING_MAX = 512, PLACE_NAME_BYTES = 304 };

struct place {
    time_us now; /* the server's clock when it said so */
    struct device device;
    struct site site; /* rectification lists workers by id; a gate knows them by slot: */
    int64_t rectifying[PLACE_RECTIFYING_MAX];
    size_t rectifying_count;
    bool has_policy;
    uint32_t policy; /* number */
    enum yellow_gate yellow_gate;
    enum pre_shift pre_shift;
    char region[7], zone[ZONE_NAME_BYTES + 1], name[PLACE_NAME_BYTES]; /* texts point here */
};

/* Members that are not known are left alone: a newer server says more. ERR_JSON_OBJECT, or the
 * error of a member. A place is not copied: its texts point into it. */
MUST_USE struct err place_read(struct text json, struct place *place);
bool place_is_rectifying(const struct place *place, int64_t index);

#endif
