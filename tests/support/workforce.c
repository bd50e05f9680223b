#include "support/workforce.h"

#include <stdlib.h>

#include "register/registry_write.h"
#include "support/cases.h"

static struct entry site_entry(int64_t id, struct text region)
{
    struct site site = {.id = id, .version = 1, .org_id = 11, .name = TEXT("工地"),
                        .region = region, .state = SITE_OPEN, .rule = site_rule_default};

    return (struct entry){(uint64_t)id, site_keep(&site)};
}

static struct entry org_entry(int64_t id, enum permit_state permit)
{
    struct org org = {.id = id, .version = 1, .kind = ORG_CONTRACTOR, .name = TEXT("劳务"),
                      .region = TEXT("320900"), .permit = permit, .active = true};

    return (struct entry){(uint64_t)id, org_keep(&org)};
}

/* Set and documents are one allocation each, and go together. */
static void free_policies(void *policies)
{
    struct policy_set *set = policies;

    free((void *)(uintptr_t)set->documents);
    free(set);
}

void workforce_put_policies(struct registry *registry)
{
    struct policy_set *set = malloc(sizeof *set);
    const struct policy_document **documents = malloc(2 * sizeof *documents);

    CHECK_ALLOCATED(set);
    CHECK_ALLOCATED(documents);
    documents[0] = shipped_policy("default.json");
    documents[1] = shipped_policy("jiangsu-2023-05.json");
    *set = (struct policy_set){.documents = documents, .count = 2};
    registry_write_policies(registry, set, free_policies);
}

struct workforce workforce_new(void)
{
    struct workforce w = {.registry = registry_new()};
    struct entry sites[] = {site_entry(1, TEXT("320902")), site_entry(2, TEXT("320100")),
                            site_entry(3, TEXT("440300"))};
    struct entry orgs[] = {org_entry(11, PERMIT_VALID), org_entry(12, PERMIT_VALID),
                           org_entry(13, PERMIT_NONE)};

    w.reader = registry_reader_new(w.registry, NULL);
    registry_write_catalogue(w.registry, CATALOGUE_SITE, sites, 3, true);
    registry_write_catalogue(w.registry, CATALOGUE_ORG, orgs, 3, true);
    workforce_put_policies(w.registry);
    return w;
}

void workforce_free(struct workforce *w)
{
    registry_reader_free(w->reader);
    registry_free(w->registry);
}

void workforce_add(struct workforce *w, int64_t worker_id, const char *records,
                   const struct engaged *engaged, unsigned engaged_count)
{
    struct arena arena;
    struct worker_view view = {.worker_id = worker_id, .engaged = engaged,
                               .engaged_count = engaged_count, .name_masked = TEXT("张*"),
                               .index = INDEX_NONE, .access_version = 1};

    arena_init(&arena, 1 << 20);
    view.facts = facts_of(records, &arena);
    if (view.facts.version == 0)
        view.facts.version = 1;
    registry_write_workers(w->registry, &view, 1);
    arena_clear(&arena);
}

struct engaged engaged_at(int64_t site_id, int64_t org_id, uint16_t trade)
{
    return (struct engaged){.org_id = org_id, .site_id = site_id, .version = 1,
                            .from = on_day("2024-01-01"), .until = DAY_NEVER, .trade = trade,
                            .role = ROLE_WORKER};
}
