-- Removes events that are 180 days old, with their deliveries, and secrets that sign no longer. No
-- reminder comes twice by it: what it was for is past by then.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), old AS (
    SELECT id FROM outbox
    WHERE at < ($2::date - 180)::timestamptz AND (SELECT held FROM lock)
    LIMIT $3::integer
), deliveries AS (
    DELETE FROM delivery WHERE outbox_id IN (SELECT id FROM old)
), secrets AS (
    DELETE FROM webhook_secret s
    WHERE (SELECT held FROM lock) AND EXISTS
          (SELECT FROM webhook_secret n
           WHERE n.webhook_id = s.webhook_id AND n.number > s.number AND
                 n.recorded_at < clock_timestamp() - interval '25 hours')
), events AS (
    DELETE FROM outbox WHERE id IN (SELECT id FROM old) RETURNING id
)
SELECT count(*) AS done FROM events
