/* api/routes.c: the service on one page. --print-routes prints it; openapi.yaml, the permission
 * matrix of the tests and the README follow it.
 *
 * method, pattern, permission, query fields, body fields, steps, bytes of state, body limit, media
 * type, writes (needs an Idempotency-Key), what it does. */
#include "api/access.h"
#include "api/accounts.h"
#include "api/app.h"
#include "api/append.h"
#include "api/devices.h"
#include "api/imports.h"
#include "api/orgs.h"
#include "api/sites.h"
#include "api/workers.h"

#define READ(path, may, query, name, state, does)                                                  \
    {METHOD_GET, path, may, query, NULL, name, state, 0, NULL, false, does}
#define WRITE(method, path, may, body, name, state, does)                                          \
    {method, path, may, NULL, body, name, state, 0, NULL, true, does}

const struct route routes[] = {
    /* set-up */
    WRITE(METHOD_POST, "/v1/orgs", MAY_SET_UP, org_post_fields, org_post, &org_state_bytes,
          "Register an organisation"),
    READ("/v1/orgs", MAY_READ_DIRECTORY, org_list_query, org_list, &org_state_bytes,
         "List organisations"),
    READ("/v1/orgs/{id}", MAY_READ_DIRECTORY, NULL, org_get, &org_state_bytes,
         "Read an organisation"),
    WRITE(METHOD_PATCH, "/v1/orgs/{id}", MAY_SET_UP | MAY_SANCTION, org_patch_fields, org_patch,
          &org_state_bytes, "Change an organisation or its safety permit"),
    WRITE(METHOD_POST, "/v1/sites", MAY_SET_UP, site_post_fields, site_post, &site_state_bytes,
          "Register a site"),
    READ("/v1/sites", MAY_READ_DIRECTORY, site_list_query, site_list, &site_state_bytes,
         "List sites"),
    READ("/v1/sites/{id}", MAY_READ_DIRECTORY, NULL, site_get, &site_state_bytes, "Read a site"),
    WRITE(METHOD_PATCH, "/v1/sites/{id}", MAY_SET_UP | MAY_STOP_SITE, site_patch_fields,
          site_patch, &site_state_bytes, "Change a site, stop its work, name who may put it right"),
    WRITE(METHOD_POST, "/v1/devices", MAY_SET_UP, device_post_fields, device_post,
          &device_state_bytes, "Register a gate; its key is shown once"),
    READ("/v1/devices", MAY_READ_DIRECTORY, device_list_query, device_list, &device_state_bytes,
         "List gates"),
    READ("/v1/devices/{id}", MAY_READ_DIRECTORY, NULL, device_get, &device_state_bytes,
         "Read a gate"),
    WRITE(METHOD_PATCH, "/v1/devices/{id}", MAY_SET_UP, device_patch_fields, device_patch,
          &device_state_bytes, "Change a gate or switch it off"),
    WRITE(METHOD_POST, "/v1/accounts", MAY_SET_UP, account_post_fields, account_post,
          &account_state_bytes, "Open an account; its key is shown once"),
    READ("/v1/accounts", MAY_SET_UP, account_list_query, account_list, &account_state_bytes,
         "List accounts"),
    READ("/v1/accounts/{id}", MAY_SET_UP, NULL, account_get, &account_state_bytes,
         "Read an account"),
    WRITE(METHOD_PATCH, "/v1/accounts/{id}", MAY_SET_UP, account_patch_fields, account_patch,
          &account_state_bytes, "Change an account or switch it off"),
    WRITE(METHOD_POST, "/v1/accounts/{id}/key", MAY_SET_UP, NULL, account_rekey,
          &account_state_bytes, "Give an account another key; the one before ends"),

    /* people */
    {METHOD_POST, "/v1/workers", MAY_ENROL, NULL, NULL, worker_post, &worker_post_state_bytes, 1024 * 1024, NULL, true,
     "Enrol and engage one person or up to 500"},
    WRITE(METHOD_POST, "/v1/workers/{id}/access", MAY_GIVE_ACCESS, NULL, worker_access,
          &worker_access_state_bytes,
          "Give a worker a key of his own"),
    WRITE(METHOD_DELETE, "/v1/workers/{id}", MAY_ERASE, NULL, worker_erase, &worker_erase_state_bytes,
          "Erase a person: what is personal goes, the records stay without a name"),
    {METHOD_POST, "/v1/imports", MAY_ENROL, NULL, NULL, import_post,
     &import_post_state_bytes, IMPORT_BYTES_MAX,
     "text/csv", true, "Enrol from a CSV of any length"},
    READ("/v1/imports/{id}", MAY_ENROL, NULL, import_get, &import_get_state_bytes, "How far an import is"),
    READ("/v1/imports/{id}/errors.csv", MAY_ENROL, import_errors_query, import_errors,
         &import_get_state_bytes,
         "The rows that an import refused"),

    /* what happens to them */
    {METHOD_POST, "/v1/engagements", MAY_ENGAGE, NULL, NULL, append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true, "Engage workers, end engagements"},
    {METHOD_POST, "/v1/exams", MAY_POST_EXAM, NULL, NULL, append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true,
     "Post health examinations"},
    {METHOD_POST, "/v1/trainings", MAY_POST_TRAINING, NULL, NULL, append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true, "Post training results and study points"},
    {METHOD_POST, "/v1/violations", MAY_POST_VIOLATION, NULL, NULL, append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true, "Post violations, rectifications and stars"},
    {METHOD_POST, "/v1/certificates", MAY_POST_CERTIFICATE | MAY_SANCTION, NULL, NULL,
     append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true, "Post certificates and their status"},
    {METHOD_POST, "/v1/workers/{id}/records",
     MAY_POST_AGREEMENT | MAY_POST_CERTIFICATE | MAY_SANCTION | MAY_POST_VIOLATION | MAY_CONSENT,
     NULL, NULL, append_steps,
     &append_state_bytes, 1024 * 1024, NULL, true,
     "Post agreements, bans, overrides, consent, corrections"},
};
const size_t route_count = sizeof routes / sizeof routes[0];
