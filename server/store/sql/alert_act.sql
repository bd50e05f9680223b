-- Somebody has seen an alert, or moved its deadline. It goes on to be open: one that was escalated
-- and got a later deadline is open again. Who says twice that he has seen it adds nothing. Decided
-- on what was read ($5, $6): when that is no longer so, there is no deadline to write down, and
-- alert_event_stands is broken.
-- $1 alert_id bigint
-- $2 event text
-- $3 account_id bigint
-- $4 deadline date
-- $5 read_state text
-- $6 read_deadline date
-- writes
WITH changed AS (
    UPDATE alert SET deadline = coalesce($4::date, deadline),
                     state = CASE WHEN $4::date IS NULL THEN state ELSE 'open' END
    WHERE id = $1 AND state = $5 AND deadline = $6::date
    RETURNING deadline
)
INSERT INTO alert_event (alert_id, event, account_id, deadline)
SELECT $1, $2, $3, (SELECT deadline FROM changed)
ON CONFLICT (alert_id, account_id) WHERE event = 'seen' DO NOTHING
