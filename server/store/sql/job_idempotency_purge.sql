-- Request keys are kept for 400 days.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH gone AS (
    DELETE FROM idempotency
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency
                            WHERE at < clock_timestamp() - interval '400 days'
                              AND $2::date IS NOT NULL
                            LIMIT $3::integer))
      AND (SELECT pg_try_advisory_xact_lock($1::bigint))
    RETURNING 1
)
SELECT count(*) AS done FROM gone
