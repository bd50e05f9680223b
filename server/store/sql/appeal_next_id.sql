-- The next appeal's id.
-- returns: id bigint
SELECT nextval('appeal_id') AS id
