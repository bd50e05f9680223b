-- Who comes first does the day's work; who finds it begun and left alone takes over. No row: it is
-- done, or somebody is at it.
-- $1 job text
-- $2 due date
-- $3 server_id uuid
-- $4 lease_ms bigint
-- writes
-- returns: claimed bigint
INSERT INTO job_run (job, due, server_id, lease_until)
VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4::bigint / 1000.0))
ON CONFLICT ON CONSTRAINT job_run_pkey DO UPDATE
SET server_id = excluded.server_id, lease_until = excluded.lease_until
WHERE job_run.done_at IS NULL AND
      (job_run.lease_until < clock_timestamp() OR job_run.server_id = excluded.server_id)
RETURNING 1::bigint AS claimed
