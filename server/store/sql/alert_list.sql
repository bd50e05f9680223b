-- Alerts by id in (after, upto], as far as the asker may see their sites: one site ($4), a general
-- contractor's ($5), or those of a region ($6). $7: in this state; NULL: in any. $8: only those that
-- are not cleared.
-- $1 after bigint
-- $2 upto bigint
-- $3 count integer
-- $4 site_id bigint
-- $5 org_id bigint
-- $6 region text
-- $7 state text
-- $8 current boolean
-- returns: id bigint, site_id bigint, site_name text, region text, kind smallint, policy integer,
--   then_what smallint, state text, opened_on date, deadline date, ended_on date, seen boolean
SELECT a.id, a.site_id, s.name AS site_name, s.region, a.kind, a.policy, a.then_what, a.state,
       a.opened_on, a.deadline, a.ended_on,
       EXISTS (SELECT FROM alert_event e WHERE e.alert_id = a.id AND e.event = 'seen') AS seen
FROM alert a JOIN site s ON s.id = a.site_id
WHERE a.id > $1 AND a.id <= $2
  AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
  AND ($4::bigint IS NULL OR s.id = $4)
  AND ($5::bigint IS NULL OR s.org_id = $5)
  AND starts_with(s.region, $6)
  AND ($7::text IS NULL OR a.state = $7)
  AND (NOT $8::boolean OR a.state <> 'cleared')
ORDER BY a.id
LIMIT $3::integer
