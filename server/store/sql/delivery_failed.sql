-- An attempt failed: again after $7 milliseconds, or never (NULL). Counts only while this attempt
-- is the last one that was begun.
-- $1 outbox_id bigint
-- $2 webhook_id bigint
-- $3 attempt integer
-- $4 status smallint
-- $5 trouble text
-- $6 took_ms integer
-- $7 retry_ms bigint
-- writes
UPDATE delivery
SET state = CASE WHEN $7::bigint IS NULL THEN 'dead' ELSE state END,
    next_at = CASE WHEN $7::bigint IS NULL THEN next_at
                   ELSE clock_timestamp() + make_interval(secs => $7::bigint / 1000.0) END,
    ended_at = CASE WHEN $7::bigint IS NULL THEN clock_timestamp() END,
    status = $4, trouble = $5, took_ms = $6, lease_until = NULL
WHERE outbox_id = $1 AND webhook_id = $2 AND state = 'pending' AND attempts = $3
