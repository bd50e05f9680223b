/* domain/directory.c: see directory.h. */
#include "domain/directory.h"

#include "base/choice.h"
#include "domain/record.h"

static const char *const org_kind_names[ORG_KINDS] = {
    [ORG_OPERATOR] = "operator",
    [ORG_CONTRACTOR] = "contractor",
    [ORG_CLINIC] = "clinic",
    [ORG_TRAINING_CENTRE] = "training_centre",
    [ORG_REGULATOR] = "regulator",
    [ORG_OWNER] = "owner",
    [ORG_SUPERVISION] = "supervision",
};

static const char *const account_role_names[ACCOUNT_ROLES] = {
    [ACCOUNT_OPERATOR] = "operator",
    [ACCOUNT_CONTRACTOR] = "contractor",
    [ACCOUNT_CLINIC] = "clinic",
    [ACCOUNT_TRAINING_CENTRE] = "training_centre",
    [ACCOUNT_SAFETY_OFFICER] = "safety_officer",
    [ACCOUNT_INSPECTOR] = "inspector",
    [ACCOUNT_REGULATOR] = "regulator",
    [ACCOUNT_GATE] = "gate",
    [ACCOUNT_WORKER] = "worker",
};

/* Place of `name` among names[1..count); 0 when it is none of them. */
static unsigned place_of(const char *const *names, unsigned count, struct text name)
{
    for (unsigned i = 1; i < count; i++)
        if (text_is(name, names[i]))
            return i;
    return 0;
}

const char *org_kind_name(enum org_kind kind)
{
    CHECK(kind > 0 && kind < ORG_KINDS);
    return org_kind_names[kind];
}

enum org_kind org_kind_of(struct text name)
{
    return (enum org_kind)place_of(org_kind_names, ORG_KINDS, name);
}

const char *account_role_name(enum account_role role)
{
    CHECK(role > 0 && role < ACCOUNT_ROLES);
    return account_role_names[role];
}

enum account_role account_role_of(struct text name)
{
    return (enum account_role)place_of(account_role_names, ACCOUNT_ROLES, name);
}

enum permit_state org_permit_on(const struct org *org, day_t on)
{
    bool ends = org->permit_until != DAY_UNKNOWN && org->permit_until != DAY_NEVER;

    if (org->permit == PERMIT_VALID && ends && on >= org->permit_until)
        return PERMIT_EXPIRED;
    return org->permit;
}

uint32_t accreditations_of(struct text names)
{
    const char *types = record_choices(RECORD_TRAINING, "type");
    uint32_t bits = 0;

    CHECK(types != NULL);
    while (names.at != NULL && names.bytes > 0) {
        int place = choice_find(types, text_cut(names, ',', &names));

        if (place >= 0)
            bits |= UINT32_C(1) << ((unsigned)place + TRAINING_ENTRY_COMPANY);
    }
    return bits;
}
