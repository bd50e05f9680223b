-- One item.
-- $1 id bigint
-- returns: id bigint, name text
SELECT id, name FROM item WHERE id = $1
