-- Devices as they are now; of all, or of some.
-- $1 ids bigint[]
-- returns: id bigint, version integer, site_id bigint, direction text, name text, zone text,
--          active boolean
SELECT DISTINCT ON (id)
       id, version, site_id, direction, name, zone, state = 'active' AS active
FROM device
WHERE $1::bigint[] IS NULL OR id = ANY ($1)
ORDER BY id, version DESC
