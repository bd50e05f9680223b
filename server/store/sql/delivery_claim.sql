-- Takes deliveries that are due, for `lease_ms`: of each webhook at most $1 at a time over all
-- servers, in all at most $2. Servers pass over one another's rows. Only webhooks with something
-- pending are looked at, from one to the next. What waits for a webhook that was switched off, or for
-- a firm that was closed, after the event had been written for it, is given up, 1000 at a time.
-- $1 of_one integer
-- $2 in_all integer
-- $3 lease_ms bigint
-- writes
-- returns: outbox_id bigint, webhook_id bigint, attempts integer, message text, kind text,
--   at timestamptz, worker_id bigint, name_masked text, data jsonb, url text, secret bytea,
--   secret_before bytea
WITH RECURSIVE busy AS (
    (SELECT webhook_id FROM delivery WHERE state = 'pending' ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM delivery d
            WHERE d.state = 'pending' AND d.webhook_id > busy.webhook_id
            ORDER BY d.webhook_id LIMIT 1)
    FROM busy WHERE busy.webhook_id IS NOT NULL
), open AS (
    SELECT w.id, w.url,
           $1::integer - (SELECT count(*) FROM delivery d
                          WHERE d.webhook_id = w.id AND d.lease_until > statement_timestamp())
               AS room
    FROM busy
    JOIN webhook w ON w.id = busy.webhook_id AND w.state = 'active' AND
         NOT EXISTS (SELECT FROM webhook n WHERE n.id = w.id AND n.version > w.version)
    WHERE EXISTS (SELECT FROM org o
                  WHERE o.id = w.org_id AND o.state = 'active' AND NOT EXISTS
                        (SELECT FROM org n WHERE n.id = o.id AND n.version > o.version))
), vain AS (
    SELECT p.outbox_id, p.webhook_id
    FROM busy
    JOIN delivery p ON p.webhook_id = busy.webhook_id AND p.state = 'pending' AND
         (p.lease_until IS NULL OR p.lease_until <= statement_timestamp())
    WHERE NOT EXISTS (SELECT FROM open WHERE open.id = busy.webhook_id)
    LIMIT 1000
    FOR UPDATE OF p SKIP LOCKED
), given_up AS (
    UPDATE delivery d
    SET state = 'dead', trouble = 'disabled', lease_until = NULL, ended_at = clock_timestamp()
    FROM vain
    WHERE d.outbox_id = vain.outbox_id AND d.webhook_id = vain.webhook_id
), due AS (
    SELECT d.outbox_id, d.webhook_id
    FROM open
    CROSS JOIN LATERAL (
        SELECT p.outbox_id, p.webhook_id, p.next_at
        FROM delivery p
        WHERE p.webhook_id = open.id AND p.state = 'pending' AND
              p.next_at <= statement_timestamp() AND
              (p.lease_until IS NULL OR p.lease_until <= statement_timestamp())
        ORDER BY p.next_at
        LIMIT greatest(open.room, 0)
        FOR UPDATE SKIP LOCKED) d
    ORDER BY d.next_at
    LIMIT $2::integer
), claimed AS (
    UPDATE delivery d
    SET attempts = d.attempts + 1,
        lease_until = statement_timestamp() + make_interval(secs => $3::bigint / 1000.0)
    FROM due
    WHERE d.outbox_id = due.outbox_id AND d.webhook_id = due.webhook_id
    RETURNING d.outbox_id, d.webhook_id, d.attempts
)
SELECT c.outbox_id, c.webhook_id, c.attempts, o.message::text AS message, o.kind, o.at,
       o.worker_id, p.name_masked, o.data, open.url, s.sealed AS secret,
       b.sealed AS secret_before
FROM claimed c
JOIN open ON open.id = c.webhook_id
JOIN outbox o ON o.id = c.outbox_id
JOIN LATERAL (SELECT n.number, n.sealed, n.recorded_at FROM webhook_secret n
              WHERE n.webhook_id = c.webhook_id ORDER BY n.number DESC LIMIT 1) s ON true
LEFT JOIN webhook_secret b ON b.webhook_id = c.webhook_id AND b.number = s.number - 1 AND
          s.recorded_at > statement_timestamp() - interval '24 hours'
LEFT JOIN person p ON p.worker_id = o.worker_id
ORDER BY c.outbox_id, c.webhook_id
