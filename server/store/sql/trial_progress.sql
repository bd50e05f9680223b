-- How far a trial is; with its report when it has ended. One that was called interrupted meanwhile
-- (job_trials_interrupted) and goes on all the same is running again.
-- $1 id bigint
-- $2 workers_done bigint
-- $3 state text
-- $4 report jsonb
-- writes
UPDATE trial SET workers_done = $2, state = $3, report = $4, heard_at = clock_timestamp(),
       ended_at = CASE WHEN $3 = 'running' THEN NULL ELSE clock_timestamp() END
WHERE id = $1
