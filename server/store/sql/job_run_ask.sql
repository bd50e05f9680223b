-- The day's work is to be done now, even if it was done or if it is not yet time. Who is at it goes
-- on, and does not have to begin anew.
-- $1 job text
-- $2 due date
-- writes
INSERT INTO job_run (job, due, server_id, lease_until)
VALUES ($1, $2, '00000000-0000-0000-0000-000000000000', clock_timestamp())
ON CONFLICT ON CONSTRAINT job_run_pkey DO UPDATE
SET done_at = NULL, lease_until = clock_timestamp()
WHERE job_run.done_at IS NOT NULL
