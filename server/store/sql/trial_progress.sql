-- How far a trial is; with its report when it has ended. One that was called interrupted meanwhile
-- (job_trials_interrupted) and goes on all the same is running again, unless another trial of its
-- policy is by now.
-- $1 id bigint
-- $2 workers_done bigint
-- $3 state text
-- $4 report jsonb
-- writes
UPDATE trial t SET workers_done = $2, report = $4, heard_at = clock_timestamp(),
       state = CASE WHEN $3 = 'running' AND other.runs THEN 'interrupted' ELSE $3 END,
       ended_at = CASE WHEN $3 <> 'running' THEN clock_timestamp()
                       WHEN other.runs THEN ended_at END
FROM (SELECT EXISTS (SELECT FROM trial o JOIN trial mine ON mine.id = $1
                     WHERE o.policy = mine.policy AND o.id <> mine.id AND o.state = 'running')
             AS runs) AS other
WHERE t.id = $1
