-- How many items there are.
-- returns: total bigint
SELECT count(*) AS total FROM item
