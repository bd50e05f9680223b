-- How many webhooks of one organisation in one role are switched on.
-- $1 role text
-- $2 org_id bigint
-- $3 site_id bigint
-- $4 region text
-- returns: active bigint
SELECT count(*) AS active
FROM webhook w
WHERE w.role = $1 AND w.org_id = $2 AND w.site_id = $3 AND w.region = $4 AND w.state = 'active' AND
      NOT EXISTS (SELECT FROM webhook n WHERE n.id = w.id AND n.version > w.version)
