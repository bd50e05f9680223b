-- A new device.
-- $1 id bigint
-- $2 site_id bigint
-- $3 name text
-- $4 direction text
-- $5 zone text
-- $6 account_id bigint
-- writes
INSERT INTO device (id, version, site_id, name, direction, zone, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6)
