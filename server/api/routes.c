/* api/routes.c: the service on one page. --print-routes prints it; openapi.yaml, the permission
 * matrix of the tests and the README follow it.
 *
 * method, pattern, permission, query fields, body fields, steps, bytes of state, body limit, media
 * type, writes (needs an Idempotency-Key), what it does. */
#include "api/access.h"
#include "api/accounts.h"
#include "api/alerts.h"
#include "api/anomalies.h"
#include "api/app.h"
#include "api/appeals.h"
#include "api/append.h"
#include "api/audit_reads.h"
#include "api/badge_sheet.h"
#include "api/badges.h"
#include "api/calendar.h"
#include "api/codes.h"
#include "api/devices.h"
#include "api/forecast.h"
#include "api/gate_check.h"
#include "api/gate_roster.h"
#include "api/gate_key.h"
#include "api/gate_site.h"
#include "api/health.h"
#include "api/holidays.h"
#include "api/imports.h"
#include "api/keys.h"
#include "api/log_reads.h"
#include "api/logins.h"
#include "api/lists.h"
#include "api/orgs.h"
#include "api/overrides.h"
#include "api/pass_reads.h"
#include "api/pass_replay.h"
#include "api/photos.h"
#include "api/policies.h"
#include "api/policy_findings.h"
#include "api/sessions.h"
#include "api/sign_in.h"
#include "api/sites.h"
#include "api/trials.h"
#include "api/trust.h"
#include "api/webhooks.h"
#include "api/worker_phone.h"
#include "api/worker_reads.h"
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
    WRITE(METHOD_POST, "/v1/devices/{id}/key", MAY_SET_UP, device_key_fields, device_key_post,
          &gate_key_state_bytes, "Register another key that a gate signs its receipts with"),
    READ("/v1/devices/{id}/chain", MAY_READ_DIRECTORY, NULL, device_chain_get,
         &gate_key_state_bytes, "How whole the chain of a gate's receipts is"),
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

    /* people who sign in. No Idempotency-Key: what is stored with it would say something of the
     * password, and to do these twice does no harm */
    {METHOD_POST, "/v1/session", 0, NULL, sign_in_fields, sign_in_post, &sign_in_state_bytes, 0,
     NULL, false, "Sign in: login name, password, six digits"},
    {METHOD_POST, "/v1/session/worker", 0, NULL, worker_sign_in_fields, worker_sign_in_post,
     &worker_sign_in_bytes, 0, NULL, false, "A worker signs in on his phone by an invitation"},
    READ("/v1/session", MAY_SIGN_IN, NULL, session_get, &session_state_bytes,
         "Who am I, and what have I to do next"),
    {METHOD_DELETE, "/v1/session", MAY_SIGN_IN, NULL, NULL, session_delete, &session_state_bytes,
     0, NULL, false, "Sign out"},
    READ("/v1/sessions", MAY_SIGN_IN, NULL, sessions_get, &session_state_bytes,
         "Where I am signed in"),
    {METHOD_DELETE, "/v1/sessions/{id}", MAY_SIGN_IN, NULL, NULL, sessions_delete,
     &session_state_bytes, 0, NULL, false, "End one of my sessions"},
    {METHOD_POST, "/v1/session/password", MAY_SIGN_IN, NULL, password_change_fields,
     password_change_post, &password_state_bytes, 0, NULL, false,
     "Change my password; my other sessions end"},
    {METHOD_POST, "/v1/session/totp", MAY_SIGN_IN, NULL, NULL, totp_post, &totp_state_bytes, 0,
     NULL, false, "Set up an authenticator app: a secret to scan"},
    {METHOD_POST, "/v1/session/totp/confirm", MAY_SIGN_IN, NULL, totp_confirm_fields,
     totp_confirm_post, &totp_state_bytes, 0, NULL, false,
     "Show by a code that the authenticator app is set up"},
    {METHOD_POST, "/v1/password", 0, NULL, password_link_fields, password_link_post,
     &password_state_bytes, 0, NULL, false, "Choose a password by the link that I was given"},
    WRITE(METHOD_POST, "/v1/accounts/{id}/login", MAY_SET_UP, login_post_fields, login_post,
          &login_post_bytes, "Give an account a login name and a link to choose a password"),
    {METHOD_DELETE, "/v1/accounts/{id}/sessions", MAY_SET_UP, NULL, NULL, account_sessions_delete,
     &session_state_bytes, 0, NULL, false, "End every session of an account"},

    READ("/v1/sites/{id}/standing", MAY_READ_DIRECTORY, NULL, site_standing_get,
         &alert_state_bytes, "How many of a site's people are green, yellow, red"),
    READ("/v1/alerts", MAY_READ_DIRECTORY, alert_list_query, alert_list, &alert_state_bytes,
         "List alerts of sites"),
    READ("/v1/alerts/{id}", MAY_READ_DIRECTORY, NULL, alert_get, &alert_state_bytes,
         "Read an alert, what to do about it, and what became of it"),
    WRITE(METHOD_POST, "/v1/alerts/{id}", MAY_STOP_SITE | MAY_SANCTION, alert_act_fields,
          alert_act_post, &alert_state_bytes, "Say that an alert was seen; move its deadline"),

    /* telling other systems */
    WRITE(METHOD_POST, "/v1/webhooks", MAY_SET_WEBHOOK, webhook_post_fields, webhook_post,
          &webhook_state_bytes, "Give an address to be told at; its secret is shown once"),
    READ("/v1/webhooks", MAY_SET_WEBHOOK, webhook_list_query, webhook_list, &webhook_state_bytes,
         "List webhooks"),
    READ("/v1/webhooks/{id}", MAY_SET_WEBHOOK, NULL, webhook_get, &webhook_state_bytes,
         "Read a webhook"),
    WRITE(METHOD_PATCH, "/v1/webhooks/{id}", MAY_SET_WEBHOOK, webhook_patch_fields, webhook_patch,
          &webhook_state_bytes, "Change a webhook or switch it off"),
    WRITE(METHOD_POST, "/v1/webhooks/{id}/secret", MAY_SET_WEBHOOK, NULL, webhook_secret_post,
          &webhook_state_bytes, "Give a webhook another secret; for a day both sign"),
    WRITE(METHOD_POST, "/v1/webhooks/{id}/test", MAY_SET_WEBHOOK, NULL, webhook_test_post,
          &delivery_state_bytes, "Send a test message"),
    WRITE(METHOD_POST, "/v1/webhooks/{id}/retry", MAY_SET_WEBHOOK, NULL, webhook_retry_post,
          &delivery_state_bytes, "Send anew what was given up"),
    READ("/v1/webhooks/{id}/deliveries", MAY_SET_WEBHOOK, delivery_list_query, delivery_list,
         &delivery_state_bytes, "What became of a webhook's messages"),
    WRITE(METHOD_POST, "/v1/reminders", MAY_SET_UP, NULL, reminder_post, &reminder_state_bytes,
          "Look for the day's reminders now"),

    /* policies */
    {METHOD_POST, "/v1/policies", MAY_SET_POLICY | MAY_SET_UP, NULL, NULL, policy_post,
     &policy_state_bytes, POLICY_BODY_BYTES_MAX, NULL, true, "Post the draft of a policy"},
    READ("/v1/policies", MAY_READ_DIRECTORY | MAY_READ_WORKER | MAY_SET_POLICY, policy_list_query, policy_list,
         &policy_state_bytes, "List policies"),
    READ("/v1/policies/{number}", MAY_READ_DIRECTORY | MAY_READ_WORKER | MAY_SET_POLICY, NULL, policy_get,
         &policy_state_bytes, "Read a policy with its document"),
    READ("/v1/policies/{number}/findings", MAY_READ_DIRECTORY | MAY_SET_POLICY, NULL,
         policy_findings_get, &policy_findings_state_bytes,
         "What the checker finds to mend in a policy"),
    WRITE(METHOD_POST, "/v1/policies/{number}/state", MAY_SET_POLICY | MAY_SET_UP,
          policy_state_fields, policy_put_state, &policy_state_bytes,
          "Approve a policy, put it in force, retire it"),
    WRITE(METHOD_POST, "/v1/policies/{number}/trial", MAY_SET_POLICY | MAY_SET_UP,
          trial_post_fields, trial_post, &trial_state_bytes,
          "Try a policy on everybody: who would change colour, and why"),
    READ("/v1/trials", MAY_SET_POLICY | MAY_SET_UP, trial_list_query, trial_list,
         &trial_state_bytes, "List trials of policies"),
    READ("/v1/trials/{id}", MAY_SET_POLICY | MAY_SET_UP, NULL, trial_get, &trial_state_bytes,
         "How far a trial is, and what it found"),

    WRITE(METHOD_POST, "/v1/holidays", MAY_SET_UP, NULL, holiday_post, &holiday_state_bytes,
          "Post a year's calendar of working days"),
    READ("/v1/holidays", MAY_READ_DIRECTORY | MAY_READ_WORKER, holiday_list_query, holiday_list,
         &holiday_state_bytes, "Read the calendars of working days"),

    /* people */
    {METHOD_POST, "/v1/workers", MAY_ENROL, NULL, NULL, worker_post, &worker_post_state_bytes, 1024 * 1024, NULL, true,
     "Enrol and engage one person or up to 500"},
    WRITE(METHOD_POST, "/v1/workers/{id}/invitation", MAY_GIVE_ACCESS, NULL,
          worker_invitation_post, &worker_invitation_bytes,
          "Invite a worker to sign in on his phone: a link, and six digits"),
    WRITE(METHOD_DELETE, "/v1/workers/{id}/access", MAY_GIVE_ACCESS | MAY_CONSENT, NULL,
          worker_access_delete, &worker_access_bytes,
          "A worker's phone is lost, or he signs out: nothing of it counts any more"),
    WRITE(METHOD_DELETE, "/v1/workers/{id}", MAY_ERASE, NULL, worker_erase, &worker_erase_state_bytes,
          "Erase a person: what is personal goes, the records stay without a name"),
    {METHOD_POST, "/v1/imports", MAY_ENROL, NULL, NULL, import_post,
     &import_post_state_bytes, IMPORT_BYTES_MAX,
     "text/csv", true, "Enrol from a CSV of any length"},
    READ("/v1/imports/{id}", MAY_ENROL, NULL, import_get, &import_get_state_bytes, "How far an import is"),
    READ("/v1/imports/{id}/errors.csv", MAY_ENROL, import_errors_query, import_errors,
         &import_get_state_bytes,
         "The rows that an import refused"),

    /* reading about people: each leaves an audit row first */
    READ("/v1/workers", MAY_READ_WORKER, worker_list_query, worker_list, &worker_list_state_bytes,
         "List people with their colours"),
    READ("/v1/forecast", MAY_READ_WORKER, forecast_query_fields, forecast_list,
         &forecast_state_bytes, "Who changes colour within some days if nothing is recorded"),
    {METHOD_POST, "/v1/workers/find", MAY_FIND_WORKER, NULL, worker_find_fields, worker_find_one,
     &worker_find_state_bytes, 0, NULL, false, "Find a person by document number"},
    READ("/v1/workers/{id}", MAY_READ_WORKER, NULL, worker_get, &worker_read_state_bytes,
         "Read a person"),
    READ("/v1/workers/{id}/records", MAY_READ_WORKER, worker_records_query, worker_records,
         &worker_read_state_bytes, "Read what happened to a person"),
    READ("/v1/workers/{id}/colour", MAY_READ_WORKER, worker_colour_query, worker_colour,
         &worker_read_state_bytes, "A person's colour, with every reason explained"),
    READ("/v1/workers/{id}/calendar", MAY_READ_WORKER, worker_calendar_query, worker_calendar,
         &worker_calendar_state_bytes, "A person's colour on each day of a span"),
    READ("/v1/workers/{id}/stars", MAY_READ_WORKER, NULL, worker_stars, &worker_read_state_bytes,
         "The stars that a person was praised with"),
    {METHOD_POST, "/v1/workers/{id}/photo", MAY_ENROL, NULL, NULL, photo_post, &photo_state_bytes,
     PHOTO_BYTES_MAX, PHOTO_MEDIA_TYPE, true, "A person's photo, for guards to compare"},
    READ("/v1/workers/{id}/photo", MAY_READ_WORKER, NULL, photo_get, &photo_state_bytes,
         "A person's photo"),
    READ("/v1/workers/{id}/accesses", MAY_READ_WORKER, worker_accesses_query, worker_accesses_list,
         &worker_read_state_bytes, "Who looked at a person"),
    READ("/v1/identity-reviews", MAY_READ_AUDIT, identity_reviews_query, identity_review_list,
         &identity_review_state_bytes, "Numbers that came with two names"),
    READ("/v1/passes", MAY_READ_PASSES, pass_list_query, pass_list, &pass_list_state_bytes,
         "A site's passes of a day"),
    READ("/v1/passes/{pass}", MAY_READ_PASSES, NULL, pass_get, &pass_get_state_bytes,
         "A gate's answer with all that it was decided from, decided again"),
    READ("/v1/anomalies", MAY_READ_PASSES, anomaly_list_query, anomaly_list, &anomaly_state_bytes,
         "What passes show that people should look at"),
    WRITE(METHOD_POST, "/v1/anomalies/{id}", MAY_STOP_SITE | MAY_SANCTION, anomaly_review_fields,
          anomaly_review_post, &anomaly_state_bytes, "Say what an anomaly was"),
    READ("/v1/audit", MAY_READ_AUDIT, audit_list_query, audit_read_list, &audit_list_state_bytes,
         "Who did what"),

    /* appeals */
    WRITE(METHOD_POST, "/v1/appeals", MAY_APPEAL, appeal_post_fields, appeal_post,
          &appeal_post_state_bytes, "Appeal against a reason of a colour"),
    READ("/v1/appeals", MAY_APPEAL | MAY_ANSWER, appeal_list_query, appeal_list,
         &appeal_read_state_bytes, "List appeals, what is overdue first"),
    READ("/v1/appeals/{id}", MAY_APPEAL | MAY_ANSWER, NULL, appeal_get, &appeal_read_state_bytes,
         "Read an appeal and its answer"),
    WRITE(METHOD_POST, "/v1/appeals/{id}/decision", MAY_ANSWER, appeal_answer_fields,
          appeal_answer_post, &appeal_answer_state_bytes,
          "Answer an appeal, and mend what was wrong"),

    /* colours by hand: one asks, another signs */
    WRITE(METHOD_POST, "/v1/overrides", MAY_SANCTION, NULL, override_post,
          &override_post_state_bytes, "Ask for a colour by hand, and sign first"),
    READ("/v1/overrides", MAY_ANSWER, override_list_query, override_list,
         &override_read_state_bytes, "List overrides: what waits for a signature, what was signed"),
    READ("/v1/overrides/{id}", MAY_ANSWER, NULL, override_get, &override_read_state_bytes,
         "Read an override with its evidence"),
    WRITE(METHOD_POST, "/v1/overrides/{id}/signature", MAY_ANSWER, NULL, override_sign_post,
          &override_act_state_bytes, "Sign an override that somebody else asked for"),
    WRITE(METHOD_POST, "/v1/overrides/{id}/withdrawal", MAY_SANCTION, NULL,
          override_withdraw_post, &override_act_state_bytes,
          "Take back an override that nobody signed yet"),

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
     "Post agreements, bans, consent, corrections"},

    /* gates and codes */
    {METHOD_POST, "/v1/workers/{id}/code", MAY_MAKE_CODE, NULL, worker_code_fields,
     worker_code_post, &worker_code_post_bytes, 0, NULL, false, "A live code, as text, SVG or PNG"},
    WRITE(METHOD_POST, "/v1/workers/{id}/badges", MAY_BADGE, NULL, badge_post, &badge_state_bytes,
          "Issue a badge: the code of a sticker for a helmet"),
    WRITE(METHOD_POST, "/v1/badges/sheet", MAY_BADGE, badge_sheet_fields, badge_sheet_post,
          &badge_sheet_state_bytes, "Stickers for many workers as a PDF; who has no badge gets one"),
    READ("/v1/workers/{id}/badges", MAY_MAKE_CODE, NULL, badge_list_get, &badge_state_bytes,
         "List a worker's badges"),
    WRITE(METHOD_POST, "/v1/workers/{id}/badges/{n}/void", MAY_MAKE_CODE, badge_void_fields,
          badge_void_post, &badge_state_bytes, "Void a badge that was lost or is not worn any more"),
    {METHOD_POST, "/v1/gate/check", MAY_CHECK, NULL, NULL, gate_check_post, &gate_check_post_bytes,
     0, NULL, false, "A gate asks: open, refuse, or nobody can tell"},
    {METHOD_POST, "/v1/gate/passes", MAY_CHECK, NULL, NULL, gate_passes_post,
     &gate_passes_post_bytes, GATE_PASSES_BYTES_MAX, NULL, false,
     "A gate hands in what it decided while alone"},
    WRITE(METHOD_POST, "/v1/gate/key", MAY_CHECK, gate_key_fields, gate_key_post,
          &gate_key_state_bytes, "A gate gives the key that it signs its receipts with"),
    READ("/v1/gate/site", MAY_CHECK, NULL, gate_site_get, NULL,
         "What a gate must know of its site to decide while alone"),
    READ("/v1/gate/roster", MAY_CHECK, gate_roster_query, gate_roster_get, &gate_roster_state_bytes,
         "Who may enter the gate's site on a day, signed, for a gate without network"),
    READ("/v1/gate/photos/{hash}", MAY_CHECK, NULL, gate_photo_get, &photo_state_bytes,
         "The photo of somebody who works on the gate's site"),
    READ("/v1/lists", MAY_CHECK, NULL, list_overview_get, NULL,
         "Which status lists there are for a gate's region"),
    READ("/v1/lists/{region}/{number}/{day}", MAY_CHECK, NULL, list_get, &list_get_state_bytes,
         "What every code of a list is worth on a day, signed, for gates without network"),
    READ("/v1/trust", 0, NULL, trust_get, NULL, "The keys by which anybody verifies a code"),
    {METHOD_POST, "/v1/trust", MAY_SET_UP, NULL, NULL, trust_post, &trust_state_bytes,
     TRUST_BYTES_MAX, TRUST_MEDIA_TYPE, true, "Publish the list of keys that a root has signed"},

    /* the keys that the service signs with */
    READ("/v1/keys", MAY_SET_UP, NULL, key_list, &key_state_bytes,
         "List the signing keys, what each signs, and who moved it when"),
    WRITE(METHOD_POST, "/v1/keys", MAY_SET_UP, key_post_fields, key_post, &key_state_bytes,
          "Announce a signing key by its public half"),
    WRITE(METHOD_PATCH, "/v1/keys/{id}", MAY_SET_UP, key_patch_fields, key_patch,
          &key_state_bytes, "Make a signing key active, retire it, or remove it at once"),

    /* the log; all but the evidence is open to everybody */
    READ("/v1/log/head", 0, log_head_query, log_head_get, &log_read_state_bytes,
         "The log's newest signed head, or an earlier one"),
    READ("/v1/log/leaves", 0, log_leaves_query, log_leaves_get, &log_read_state_bytes,
         "The log's leaves: commitments that say nothing by themselves"),
    READ("/v1/log/proof", 0, log_proof_query, log_proof_get, &log_read_state_bytes,
         "That a leaf is in the log, or that one size of it goes on from another"),
    READ("/v1/log/evidence", MAY_READ_WORKER | MAY_READ_AUDIT | MAY_READ_DIRECTORY,
         log_evidence_query, log_evidence_get, &log_read_state_bytes,
         "What opens a row's leaf, with its proof: to be verified without the server"),

    /* the service itself; open to everybody */
    READ("/healthz", 0, NULL, health_alive, NULL, "Is the process alive"),
    READ("/readyz", 0, NULL, health_ready, NULL, "May it be asked; 503 with reasons if not"),
    READ("/metrics", 0, NULL, health_metrics, NULL, "What the service counts of itself"),
    READ("/openapi.yaml", 0, NULL, health_openapi, NULL, "This API, described"),
};
const size_t route_count = sizeof routes / sizeof routes[0];
