-- How far an import of this organisation got.
-- $1 id bigint
-- $2 org_id bigint
-- returns: id bigint, org_id bigint, state text, rows_total integer, rows_done integer,
--   rows_bad integer, started_at timestamptz, ended_at timestamptz
SELECT id, org_id, state, rows_total, rows_done, rows_bad, started_at, ended_at
FROM import WHERE id = $1 AND org_id = $2
