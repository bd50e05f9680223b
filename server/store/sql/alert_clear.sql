-- What is no longer beyond its limit is cleared. $1 and $2 are all that is.
-- $1 site_ids bigint[]
-- $2 kinds smallint[]
-- $3 today date
-- writes
WITH cleared AS (
    UPDATE alert a SET state = 'cleared', ended_on = $3::date
    WHERE a.state <> 'cleared'
      AND NOT EXISTS (SELECT FROM unnest($1::bigint[], $2::smallint[]) AS u (site_id, kind)
                      WHERE u.site_id = a.site_id AND u.kind = a.kind)
    RETURNING id, site_id, deadline
)
INSERT INTO alert_event (alert_id, event, account_id, deadline, people, yellow, red)
SELECT c.id, 'cleared', 0, c.deadline, s.people, s.yellow_counted, s.red
FROM cleared c LEFT JOIN site_standing s ON s.site_id = c.site_id
