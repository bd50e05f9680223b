-- The day's work is to be done once more.
-- $1 job text
-- $2 due date
-- writes
UPDATE job_run SET done_at = NULL, lease_until = clock_timestamp()
WHERE job = $1 AND due = $2 AND done_at IS NOT NULL
