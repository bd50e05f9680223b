-- A webhook's deliveries, newest first, below an event's number.
-- $1 webhook_id bigint
-- $2 before bigint
-- $3 state text
-- $4 count integer
-- returns: id bigint, message text, kind text, at timestamptz, state text, attempts integer,
--   next_at timestamptz, status smallint, trouble text, took_ms integer, ended_at timestamptz
SELECT o.id, o.message::text AS message, o.kind, o.at, d.state, d.attempts, d.next_at, d.status,
       d.trouble, d.took_ms, d.ended_at
FROM delivery d
JOIN outbox o ON o.id = d.outbox_id
WHERE d.webhook_id = $1 AND d.outbox_id < $2 AND ($3::text IS NULL OR d.state = $3)
ORDER BY d.outbox_id DESC
LIMIT $4::integer
