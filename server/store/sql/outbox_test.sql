-- A test event for one webhook alone.
-- $1 webhook_id bigint
-- $2 subject text
-- $3 due date
-- $4 org_id bigint
-- $5 data jsonb
-- writes
WITH event AS (
    INSERT INTO outbox (kind, subject, due, org_id, data)
    VALUES ('webhook.test', $2, $3, $4, $5)
    RETURNING id
)
INSERT INTO delivery (outbox_id, webhook_id)
SELECT id, $1::bigint FROM event
