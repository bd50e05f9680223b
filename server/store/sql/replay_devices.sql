-- Devices in the versions that passes name; columns as directory_devices has them.
-- $1 ids bigint[]
-- $2 versions integer[]
-- returns: id bigint, version integer, site_id bigint, direction text, name text, zone text,
--          active boolean
SELECT id, version, site_id, direction, name, zone, state = 'active' AS active
FROM device
WHERE (id, version) IN (SELECT i, v FROM unnest($1::bigint[], $2::integer[]) AS named (i, v))
