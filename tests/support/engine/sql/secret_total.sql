-- A table that the application's role was not granted.
-- returns: total bigint
SELECT count(*) AS total FROM secret
