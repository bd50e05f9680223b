-- The webhooks of one organisation in one role, as they are now, by id in (after, upto], with how
-- many messages wait and how many were given up.
-- $1 after bigint
-- $2 upto bigint
-- $3 role text
-- $4 org_id bigint
-- $5 site_id bigint
-- $6 region text
-- $7 count integer
-- returns: id bigint, version integer, url text, events text, state text, pending bigint,
--   dead bigint, recorded_at timestamptz
SELECT w.id, w.version, w.url, to_json(w.events)::text AS events, w.state,
       (SELECT count(*) FROM delivery d WHERE d.webhook_id = w.id AND d.state = 'pending') AS pending,
       (SELECT count(*) FROM delivery d WHERE d.webhook_id = w.id AND d.state = 'dead') AS dead,
       w.recorded_at
FROM webhook w
WHERE w.id > $1 AND w.id <= $2 AND w.role = $3 AND w.org_id = $4 AND w.site_id = $5 AND
      w.region = $6 AND
      NOT EXISTS (SELECT FROM webhook n WHERE n.id = w.id AND n.version > w.version)
ORDER BY w.id
LIMIT $7::integer
