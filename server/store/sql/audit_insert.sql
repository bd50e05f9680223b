-- Who did what.
-- $1 account_id bigint
-- $2 action text
-- $3 worker_id bigint
-- $4 worker_ids bigint[]
-- $5 detail jsonb
-- $6 request_id bigint
-- writes
INSERT INTO audit (account_id, action, worker_id, worker_ids, detail, request_id)
VALUES ($1, $2, $3, $4, $5, $6)
