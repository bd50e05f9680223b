-- How far an import is; written together with the rows it speaks of.
-- $1 id bigint
-- $2 rows_done integer
-- $3 rows_bad integer
-- $4 state text
-- writes
UPDATE import SET rows_done = $2, rows_bad = $3, state = $4, progress_at = clock_timestamp(),
       ended_at = CASE WHEN $4 = 'running' THEN NULL ELSE clock_timestamp() END
WHERE id = $1
