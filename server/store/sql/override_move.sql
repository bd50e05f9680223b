-- What became of an override that was asked for: its next version. Who comes second to the same version
-- breaks override_request_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 state text
-- $4 record_version integer
-- $5 account_id bigint
-- writes
INSERT INTO override_request (id, version, worker_id, body, asked_by, expires_at, state, record_version, account_id)
SELECT id, version + 1, worker_id, body, asked_by, expires_at, $3, $4, $5
FROM override_request WHERE id = $1 AND version = $2
