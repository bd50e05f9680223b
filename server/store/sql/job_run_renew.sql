-- Still at it, with so many effects more; or finished.
-- $1 job text
-- $2 due date
-- $3 server_id uuid
-- $4 lease_ms bigint
-- $5 effects bigint
-- $6 done boolean
-- writes
UPDATE job_run
SET lease_until = clock_timestamp() + make_interval(secs => $4::bigint / 1000.0),
    effects = effects + $5, done_at = CASE WHEN $6::boolean THEN clock_timestamp() END
WHERE job = $1 AND due = $2 AND server_id = $3
