-- Request keys are kept for 400 days.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), gone AS (
    DELETE FROM idempotency
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency
                            WHERE at < clock_timestamp() - interval '400 days'
                              AND $2::date IS NOT NULL
                            LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
)
SELECT CASE WHEN held THEN (SELECT count(*) FROM gone) END AS done FROM lock
