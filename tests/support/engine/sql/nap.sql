-- Sleeps.
-- $1 ms bigint
-- returns: done integer
SELECT 1 AS done FROM pg_sleep($1::bigint / 1000.0)
