-- A webhook was switched off: what is pending for it ends.
-- $1 webhook_id bigint
-- writes
UPDATE delivery
SET state = 'dead', trouble = 'disabled', lease_until = NULL, ended_at = clock_timestamp()
WHERE webhook_id = $1 AND state = 'pending'
