-- Records join their workers: the key (worker, version) decides a race, the loser gets 23505.
-- $1 worker_ids bigint[]
-- $2 versions integer[]
-- $3 kinds smallint[]
-- $4 occurred_on date[]
-- $5 account_id bigint
-- $6 org_id bigint
-- $7 bodies jsonb[]
-- writes
INSERT INTO record (worker_id, version, kind, occurred_on, account_id, org_id, body)
SELECT w, v, k, d, $5, $6, b
FROM unnest($1::bigint[], $2::integer[], $3::smallint[], $4::date[], $7::jsonb[]) AS u (w, v, k, d, b)
