/* domain/directory.h: organisations, sites, devices and accounts: what a decision needs of them.
 *
 * Each is a version of an append-only row (migrations/0002_organisations.sql). Texts lie in the
 * memory of whoever loaded them. */
#ifndef DOMAIN_DIRECTORY_H
#define DOMAIN_DIRECTORY_H

#include "base/text.h"
#include "domain/site_rule.h"
#include "scoring/scoring.h"

enum org_kind {
    ORG_OPERATOR = 1, ORG_CONTRACTOR, ORG_CLINIC, ORG_TRAINING_CENTRE, ORG_REGULATOR, ORG_OWNER,
    ORG_SUPERVISION, ORG_KINDS
};
const char *org_kind_name(enum org_kind kind);
enum org_kind org_kind_of(struct text name); /* 0: none of these */

struct org {
    int64_t id;
    int32_t version;
    enum org_kind kind;
    struct text uscc, name, region;
    enum permit_state permit; /* 安全生产许可证, as recorded; see org_permit_on */
    day_t permit_until;       /* DAY_UNKNOWN: no end recorded */
    uint32_t accreditations;  /* bit 1 << enum training_type */
    bool active;
};
/* "annual,drill" as bits; a kind that this program does not know gives none. */
uint32_t accreditations_of(struct text names);
/* The permit on a day: a valid one past its end is expired (许可证条例 9: three years). */
enum permit_state org_permit_on(const struct org *org, day_t on);

struct site {
    int64_t id;
    int32_t version;
    int64_t org_id;
    struct text name, region;
    enum site_state state;
    struct site_rule rule;
    const int64_t *rectification; /* workers let in while work is stopped */
    size_t rectification_count;
};

enum direction { DIRECTION_IN = 1, DIRECTION_OUT, DIRECTION_BOTH };

struct device {
    int64_t id;
    int32_t version;
    int64_t site_id;
    enum direction direction;
    struct text name, zone;
    bool active;
};

enum account_role {
    ACCOUNT_OPERATOR = 1, ACCOUNT_CONTRACTOR, ACCOUNT_CLINIC, ACCOUNT_TRAINING_CENTRE,
    ACCOUNT_SAFETY_OFFICER, ACCOUNT_INSPECTOR, ACCOUNT_REGULATOR, ACCOUNT_GATE, ACCOUNT_WORKER,
    ACCOUNT_ROLES
};
const char *account_role_name(enum account_role role);
enum account_role account_role_of(struct text name); /* 0: none of these */

struct account {
    int64_t id;
    int32_t version;
    enum account_role role;
    int64_t org_id, site_id, device_id;
    struct text region, label;
    char key_prefix[13];
    unsigned char key_hash[32];
    bool active;
};

#endif
