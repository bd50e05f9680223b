-- What was not cleared by its deadline is escalated; where the policy says so, work on the site is
-- stopped (停工整改) until somebody in charge lets it go on.
-- $1 today date
-- $2 site_change smallint
-- writes
WITH due AS (
    UPDATE alert SET state = 'escalated'
    WHERE state = 'open' AND deadline < $1::date
    RETURNING id, site_id, deadline, then_what
), stopped AS (
    INSERT INTO site (id, version, name, region, org_id, state, rule, rectification, account_id)
    SELECT s.id, s.version + 1, s.name, s.region, s.org_id, 'stopped', s.rule, s.rectification, 0
    FROM site s
    WHERE s.id IN (SELECT site_id FROM due WHERE then_what = 1) AND s.state = 'open'
      AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
    RETURNING id, version
), told AS (
    INSERT INTO change (kind, key, version) SELECT $2::smallint, id, version FROM stopped
), audited AS (
    INSERT INTO audit (account_id, action, detail, request_id)
    SELECT 0, 'site.stop', jsonb_build_object('id', id, 'version', version, 'state', 'stopped'), 0
    FROM stopped
)
INSERT INTO alert_event (alert_id, event, account_id, deadline, people, yellow, red)
SELECT d.id, 'escalated', 0, d.deadline, s.people, s.yellow_counted, s.red
FROM due d LEFT JOIN site_standing s ON s.site_id = d.site_id
