-- The current state of sites that records name.
-- $1 site_ids bigint[]
-- returns: id bigint, region text, state text
SELECT s.id, s.region, s.state
FROM (SELECT DISTINCT i FROM unnest($1::bigint[]) AS u (i)) AS wanted
CROSS JOIN LATERAL (SELECT id, region, state FROM site WHERE site.id = wanted.i ORDER BY version DESC LIMIT 1) AS s
