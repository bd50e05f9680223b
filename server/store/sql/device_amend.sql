-- The next version of a device: what is NULL stays. Whoever amends the same version second breaks
-- device_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 name text
-- $4 direction text
-- $5 zone text
-- $6 state text
-- $7 account_id bigint
-- writes
INSERT INTO device (id, version, site_id, name, direction, zone, state, account_id)
SELECT id, version + 1, site_id, coalesce($3, name), coalesce($4, direction), coalesce($5, zone),
       coalesce($6, state), $7::bigint
FROM device
WHERE id = $1 AND version = $2
