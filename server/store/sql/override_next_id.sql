-- The next id of an override that is asked for.
-- returns: id bigint
SELECT nextval('override_id') AS id
