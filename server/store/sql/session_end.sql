-- Ends one session of an account, or with id NULL all of them but `but`.
-- $1 account_id bigint
-- $2 id bigint
-- $3 but bigint
-- writes
-- returns: id bigint
DELETE FROM session
WHERE account_id = $1 AND ($2::bigint IS NULL OR id = $2) AND id <> $3
RETURNING id
