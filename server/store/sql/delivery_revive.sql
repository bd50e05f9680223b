-- Everything of a webhook that was given up is tried anew.
-- $1 webhook_id bigint
-- writes
UPDATE delivery
SET state = 'pending', attempts = 0, next_at = clock_timestamp(), ended_at = NULL
WHERE webhook_id = $1 AND state = 'dead'
