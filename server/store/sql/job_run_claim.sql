-- Who comes first does the day's work; who finds it begun and left alone takes over. Without
-- `begin` only work that somebody has begun or asked for is taken. No row: it is done, somebody is
-- at it, or it is not yet time.
-- $1 job text
-- $2 due date
-- $3 server_id uuid
-- $4 lease_ms bigint
-- $5 begin boolean
-- writes
-- returns: claimed bigint
INSERT INTO job_run (job, due, server_id, lease_until)
SELECT $1::text, $2::date, $3::uuid, clock_timestamp() + make_interval(secs => $4::bigint / 1000.0)
WHERE $5::boolean OR EXISTS (SELECT FROM job_run j
                             WHERE j.job = $1 AND j.due = $2 AND j.done_at IS NULL)
ON CONFLICT ON CONSTRAINT job_run_pkey DO UPDATE
SET server_id = excluded.server_id, lease_until = excluded.lease_until
WHERE job_run.done_at IS NULL AND
      (job_run.lease_until < clock_timestamp() OR job_run.server_id = excluded.server_id)
RETURNING 1::bigint AS claimed
