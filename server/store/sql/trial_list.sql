-- Trials by id in (after, upto], of one policy ($4, NULL: of all), whose region begins with $5. Reports
-- only when one trial is asked for.
-- $1 after bigint
-- $2 upto bigint
-- $3 count integer
-- $4 policy integer
-- $5 region text
-- returns: id bigint, policy integer, region text, on_day date, account_id bigint, state text,
--   workers bigint, workers_done bigint, report jsonb, started_at timestamptz, ended_at timestamptz
SELECT id, policy, region, on_day, account_id, state, workers, workers_done,
       CASE WHEN $2::bigint = $1::bigint + 1 THEN report END AS report, started_at, ended_at
FROM trial
WHERE id > $1::bigint AND id <= $2::bigint AND ($4::integer IS NULL OR policy = $4)
  AND starts_with(region, $5)
ORDER BY id
LIMIT $3::integer
