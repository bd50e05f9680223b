-- Trials that have not been heard of for a minute: their server is gone, and the figures with it.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), ended AS (
    UPDATE trial SET state = 'interrupted', ended_at = clock_timestamp()
    WHERE id = ANY (ARRAY(SELECT id FROM trial
                          WHERE state = 'running' AND $2::date IS NOT NULL
                            AND heard_at < clock_timestamp() - interval '1 minute'
                          LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
)
SELECT CASE WHEN held THEN (SELECT count(*) FROM ended) END AS done FROM lock
