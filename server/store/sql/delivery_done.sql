-- The receiver has said yes. That is so whoever holds the lease by now.
-- $1 outbox_id bigint
-- $2 webhook_id bigint
-- $3 status smallint
-- $4 took_ms integer
-- writes
UPDATE delivery
SET state = 'delivered', status = $3, trouble = '', took_ms = $4, lease_until = NULL,
    ended_at = clock_timestamp()
WHERE outbox_id = $1 AND webhook_id = $2 AND state <> 'delivered'
