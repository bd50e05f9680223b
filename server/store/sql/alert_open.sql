-- Sites that have just been found beyond a limit are warned, unless they are already.
-- $1 site_ids bigint[]
-- $2 kinds smallint[]
-- $3 policies integer[]
-- $4 then_what smallint[]
-- $5 deadlines date[]
-- $6 today date
-- writes
WITH opened AS (
    INSERT INTO alert (site_id, kind, policy, then_what, opened_on, deadline)
    SELECT u.site_id, u.kind, u.policy, u.then_what, $6::date, u.deadline
    FROM unnest($1::bigint[], $2::smallint[], $3::integer[], $4::smallint[], $5::date[])
         AS u (site_id, kind, policy, then_what, deadline)
    ON CONFLICT (site_id, kind) WHERE state <> 'cleared' DO NOTHING
    RETURNING id, site_id, deadline
)
INSERT INTO alert_event (alert_id, event, account_id, deadline, people, yellow, red)
SELECT o.id, 'opened', 0, o.deadline, s.people, s.yellow_counted, s.red
FROM opened o JOIN site_standing s ON s.site_id = o.site_id
