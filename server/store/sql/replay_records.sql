-- Records of workers, each up to a version. Behind worker_id the columns are those of
-- persons_records.
-- $1 worker_ids bigint[]
-- $2 versions integer[]
-- returns: worker_id bigint, version integer, kind smallint, occurred_on date,
--   recorded_at timestamptz, account_id bigint, org_id bigint, body jsonb
SELECT r.worker_id, r.version, r.kind, r.occurred_on, r.recorded_at, r.account_id, r.org_id, r.body
FROM (SELECT w, max(v) AS v FROM unnest($1::bigint[], $2::integer[]) AS each (w, v)
      GROUP BY w) AS named
JOIN record r ON r.worker_id = named.w AND r.version <= named.v
ORDER BY r.worker_id, r.version
