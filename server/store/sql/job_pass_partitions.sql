-- Sees to the pass partitions of yesterday (gates' clocks), today and tomorrow.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
)
SELECT CASE WHEN held THEN (SELECT count(pass_partition_ensure($2::date + d))
                            FROM generate_series(-1, 1) AS d WHERE $3::integer > 0) END AS done
FROM lock
