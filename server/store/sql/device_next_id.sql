-- A number for a new device.
-- returns: id bigint
SELECT nextval('device_id') AS id
