-- Another invitation for a worker; the one before ends.
-- $1 worker_id bigint
-- $2 account_id bigint
-- $3 link_hash bytea
-- $4 code_mac bytea
-- $5 life_s bigint
-- writes
INSERT INTO worker_invitation (worker_id, account_id, link_hash, code_mac, ends_at)
VALUES ($1, $2, $3, $4, clock_timestamp() + $5::bigint * interval '1 second')
ON CONFLICT ON CONSTRAINT worker_invitation_pkey DO UPDATE
SET account_id = excluded.account_id, link_hash = excluded.link_hash,
    code_mac = excluded.code_mac, tries = 0, ends_at = excluded.ends_at
