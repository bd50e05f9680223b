-- What became of alerts in the last days and was not yet put into the outbox.
-- $1 max integer
-- returns: alert_id bigint, event text, due date, site_id bigint, org_id bigint, kind smallint,
--   then_what smallint, deadline date, people integer, yellow integer, red integer
SELECT e.alert_id, e.event,
       CASE e.event WHEN 'opened' THEN a.opened_on WHEN 'cleared' THEN a.ended_on
                    ELSE e.deadline END AS due,
       a.site_id, s.org_id, a.kind, a.then_what, e.deadline, e.people, e.yellow, e.red
FROM alert_event e
JOIN alert a ON a.id = e.alert_id
JOIN site s ON s.id = a.site_id AND s.version = 1
WHERE e.at > clock_timestamp() - interval '3 days' AND e.event IN ('opened', 'escalated', 'cleared')
  AND NOT EXISTS (SELECT FROM outbox o
                  WHERE o.kind = 'alert.' || e.event AND o.subject = e.alert_id::text
                    AND o.due = CASE e.event WHEN 'opened' THEN a.opened_on
                                             WHEN 'cleared' THEN a.ended_on ELSE e.deadline END)
ORDER BY e.at
LIMIT $1::integer
