-- Sees to the pass partitions of yesterday (gates' clocks), today and tomorrow.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
SELECT count(pass_partition_ensure($2::date + d)) AS done
FROM generate_series(-1, 1) AS d
WHERE (SELECT pg_try_advisory_xact_lock($1::bigint)) AND $3::integer > 0
