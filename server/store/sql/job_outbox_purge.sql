-- Removes events that are 180 days old, their deliveries first, and secrets that sign no longer. No
-- reminder comes twice by it: what it was for is past by then. While there are as many deliveries as
-- may be touched, their events stay for the next time.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), old AS MATERIALIZED (
    SELECT id FROM outbox
    WHERE at < clock_timestamp() - interval '180 days' AND $2::date IS NOT NULL
      AND (SELECT held FROM lock)
    ORDER BY id
    LIMIT $3::integer
), of_old AS MATERIALIZED (
    SELECT d.outbox_id, d.webhook_id FROM delivery d JOIN old ON old.id = d.outbox_id
    LIMIT $3::integer
), deliveries AS (
    DELETE FROM delivery d USING of_old o
    WHERE d.outbox_id = o.outbox_id AND d.webhook_id = o.webhook_id
    RETURNING 1
), events AS (
    DELETE FROM outbox
    WHERE id IN (SELECT id FROM old) AND (SELECT count(*) FROM of_old) < $3::integer
    RETURNING 1
), silent AS MATERIALIZED (
    SELECT s.webhook_id, s.number FROM webhook_secret s
    WHERE (SELECT held FROM lock) AND EXISTS
          (SELECT FROM webhook_secret n
           WHERE n.webhook_id = s.webhook_id AND n.number > s.number AND
                 n.recorded_at < clock_timestamp() - interval '25 hours')
    LIMIT $3::integer
), secrets AS (
    DELETE FROM webhook_secret s USING silent
    WHERE s.webhook_id = silent.webhook_id AND s.number = silent.number
    RETURNING 1
)
SELECT CASE WHEN held THEN greatest((SELECT count(*) FROM events),
                                    (SELECT count(*) FROM deliveries),
                                    (SELECT count(*) FROM secrets)) END AS done
FROM lock
