#include "clients/sim/setup.h"

#include <stdio.h>
#include <string.h>

#include "clients/sim/talk.h"

struct setup {
    struct city *city;
    struct client *client;
    const char *key;
};

static void step_key(const struct setup *s, const char *what, unsigned number, char key[64])
{
    snprintf(key, 64, "sim-%s-%s-%u", s->city->run, what, number);
}

static json_t *post(struct setup *s, const char *path, json_t *body, const char *what,
                    unsigned number)
{
    char key[64];

    step_key(s, what, number, key);
    return talk_write(s->client, s->key, path, body, key);
}

/* -- organisations and sites ---------------------------------------------------------------------- */

static bool make_org(struct setup *s, const char *kind, const char *name, const char *what,
                     unsigned number, int64_t *id)
{
    json_t *body = json_pack("{s:s, s:s, s:s}", "kind", kind, "name", name, "region", "320902");
    json_t *made;

    if (strcmp(kind, "contractor") == 0)
        json_object_set_new(body, "permit_state", json_string("valid"));
    if (strcmp(kind, "training_centre") == 0)
        json_object_set_new(body, "accreditations",
                            json_pack("[s,s,s,s,s,s,s]", "entry_company", "entry_project",
                                      "entry_team", "annual", "continuing", "off_job", "idle"));
    made = post(s, "/v1/orgs", body, what, number);
    *id = json_int_at(made, "id");
    json_decref(made);
    return *id != 0;
}

static bool make_orgs(struct setup *s)
{
    static const char *const clinics[CLINICS] = {"演示职业病防治院", "演示建工医院体检中心"};
    static const char *const centres[CENTRES] = {"演示建筑安全培训中心", "演示工匠学校"};
    struct city *city = s->city;
    bool good = make_org(s, "owner", "演示城建集团（总承包）", "owner", 0, &city->owner) &&
                make_org(s, "regulator", "演示住房和城乡建设厅", "regulator", 0,
                         &city->regulator);

    for (unsigned i = 0; i < CONTRACTORS && good; i++)
        good = make_org(s, "contractor", city_contractors[i], "contractor", i,
                        &city->contractors[i]);
    for (unsigned i = 0; i < CLINICS && good; i++)
        good = make_org(s, "clinic", clinics[i], "clinic", i, &city->clinics[i]);
    for (unsigned i = 0; i < CENTRES && good; i++)
        good = make_org(s, "training_centre", centres[i], "centre", i, &city->centres[i]);
    return good;
}

static bool make_sites(struct setup *s)
{
    for (unsigned i = 0; i < SITES; i++) {
        const struct city_site *site = &city_sites[i];
        json_t *body = json_pack("{s:s, s:s, s:I, s:o}", "name", site->name, "region",
                                 site->region, "org", (json_int_t)s->city->owner, "rule",
                                 json_loads(site->rule, 0, NULL));
        json_t *made = post(s, "/v1/sites", body, "site", i);

        s->city->sites[i] = json_int_at(made, "id");
        json_decref(made);
        if (s->city->sites[i] == 0)
            return false;
    }
    return true;
}

/* -- accounts, gates, and their keys --------------------------------------------------------------- */

/* A key is told once. When that answer was lost, another key takes its place. */
static bool keep_key(struct setup *s, const json_t *made, const char *account_member,
                     const char *name, unsigned number)
{
    char file[PATH_BYTES], path[64], idempotency[IDEMPOTENCY_BYTES];
    const char *key = json_string_at(made, "key");
    json_t *again = NULL;
    bool good;

    city_key_file(s->city, name, number, file);
    if (key[0] == '\0') {
        snprintf(path, sizeof path, "/v1/accounts/%lld/key",
                 (long long)json_int_at(made, account_member));
        idempotency_new(idempotency);
        again = talk_write(s->client, s->key, path, NULL, idempotency);
        key = json_string_at(again, "key");
    }
    good = key[0] != '\0' && key_write(file, key);
    if (!good)
        fprintf(stderr, "%s: 密钥未能保存 / the key was not kept\n", file);
    json_decref(again);
    return good;
}

static bool make_account(struct setup *s, json_t *body, const char *label, const char *name,
                         unsigned number)
{
    json_t *made;
    bool good;

    if (city_has_key(s->city, name, number)) {
        json_decref(body);
        return true;
    }
    json_object_set_new(body, "label", json_string(label));
    made = post(s, "/v1/accounts", body, name, number);
    good = made != NULL && keep_key(s, made, "id", name, number);
    json_decref(made);
    return good;
}

static json_t *account_of(const char *role, int64_t org)
{
    return json_pack("{s:s, s:I}", "role", role, "org", (json_int_t)org);
}

static json_t *account_with(const char *role, int64_t org, const char *member, json_t *value)
{
    json_t *body = account_of(role, org);

    json_object_set_new(body, member, value);
    return body;
}

static bool make_accounts(struct setup *s)
{
    const struct city *city = s->city;
    bool good =
        make_account(s, account_with("inspector", city->regulator, "region", json_string("32")),
                     "演示安监员（江苏）", "inspector", 0) &&
        make_account(s, account_with("regulator", city->regulator, "region", json_string("")),
                     "演示住建部门", "regulator", 0);

    for (unsigned i = 0; i < CONTRACTORS && good; i++)
        good = make_account(s, account_of("contractor", city->contractors[i]), city_contractors[i],
                            "contractor", i + 1);
    for (unsigned i = 0; i < CLINICS && good; i++)
        good = make_account(s, account_of("clinic", city->clinics[i]), "演示体检机构", "clinic",
                            i + 1);
    for (unsigned i = 0; i < CENTRES && good; i++)
        good = make_account(s, account_of("training_centre", city->centres[i]), "演示培训机构",
                            "training", i + 1);
    for (unsigned i = 0; i < SITES && good; i++)
        good = make_account(
            s, account_with("safety_officer", city->owner, "site", json_integer(city->sites[i])),
            "演示安全员", "safety", i + 1);
    return good;
}

static bool make_gates(struct setup *s)
{
    for (unsigned i = 0; i < GATES; i++) {
        int64_t site = s->city->sites[city_site_of_gate(i)];
        char name[40];
        json_t *made;
        bool good;

        snprintf(name, sizeof name, "演示闸机 %u 号", i + 1);
        made = post(s, "/v1/devices",
                    json_pack("{s:I, s:s, s:s}", "site", (json_int_t)site, "name", name,
                              "direction", "both"),
                    "gate", i);
        s->city->gates[i] = json_int_at(made, "id");
        good = s->city->gates[i] != 0 &&
               (city_has_key(s->city, "gate", i + 1) || keep_key(s, made, "account", "gate", i + 1));
        json_decref(made);
        if (!good)
            return false;
    }
    return true;
}

bool setup_city(struct city *city, struct client *client, const struct reach *operator)
{
    struct setup s = {city, client, operator->key};

    return make_orgs(&s) && make_sites(&s) && make_accounts(&s) && make_gates(&s);
}
