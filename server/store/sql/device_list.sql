-- Devices as they are now, by id in (after, upto], as far as the asker may see them: those of a
-- site ($3), of an organisation's own sites ($4), or of a region ($5).
-- $1 after bigint
-- $2 upto bigint
-- $3 site_id bigint
-- $4 org_id bigint
-- $5 region text
-- $6 on_site bigint
-- $7 count integer
-- returns: id bigint, version integer, site_id bigint, name text, direction text, zone text, state text,
--   recorded_at timestamptz
SELECT d.id, d.version, d.site_id, d.name, d.direction, d.zone, d.state, d.recorded_at
FROM device d
JOIN site s ON s.id = d.site_id
           AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
WHERE d.id > $1 AND d.id <= $2
  AND NOT EXISTS (SELECT FROM device newer WHERE newer.id = d.id AND newer.version > d.version)
  AND ($3::bigint IS NULL OR d.site_id = $3)
  AND ($4::bigint IS NULL OR s.org_id = $4)
  AND starts_with(s.region, $5)
  AND ($6::bigint IS NULL OR d.site_id = $6)
ORDER BY d.id
LIMIT $7::integer
