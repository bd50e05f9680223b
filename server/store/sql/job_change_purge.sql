-- Changes that every register has long seen: whoever was away longer loads anew.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH gone AS (
    DELETE FROM change
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM change
                            WHERE at < clock_timestamp() - interval '1 day'
                              AND $2::date IS NOT NULL
                            LIMIT $3::integer))
      AND (SELECT pg_try_advisory_xact_lock($1::bigint))
    RETURNING 1
)
SELECT count(*) AS done FROM gone
