-- The next import's id.
-- returns: id bigint
SELECT nextval('import_id') AS id
