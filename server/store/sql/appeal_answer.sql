-- The next version of an appeal: its answer. Who answers the same version second breaks appeal_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 state text
-- $4 mended_by integer
-- $5 account_id bigint
-- writes
INSERT INTO appeal (id, version, worker_id, org_id, reason, scope, colour, on_day, policy, site_id, region,
                    disputes, known_version, round, filed_on, due, due_certain, state, mended_by, account_id)
SELECT id, version + 1, worker_id, org_id, reason, scope, colour, on_day, policy, site_id, region,
       disputes, known_version, round, filed_on, due, due_certain, $3, $4, $5
FROM appeal WHERE id = $1 AND version = $2
