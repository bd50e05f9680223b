-- Somebody has seen an alert, or moved its deadline. It goes on to be open: one that was escalated
-- and got a later deadline is open again. Nothing happens to one that is cleared.
-- $1 alert_id bigint
-- $2 event text
-- $3 account_id bigint
-- $4 deadline date
-- writes
WITH changed AS (
    UPDATE alert SET deadline = coalesce($4::date, deadline),
                     state = CASE WHEN $4::date IS NULL THEN state ELSE 'open' END
    WHERE id = $1 AND state <> 'cleared'
    RETURNING id, deadline
)
INSERT INTO alert_event (alert_id, event, account_id, deadline)
SELECT id, $2, $3, deadline FROM changed
