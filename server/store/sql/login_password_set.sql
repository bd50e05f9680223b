-- Sets a password: by link (link_hash, then the link has been used), or in place of the one given.
-- No row: the link or the old password counts no more.
-- $1 account_id bigint
-- $2 password text
-- $3 link_hash bytea
-- $4 instead_of text
-- writes
-- returns: account_id bigint
UPDATE login
SET password = $2, password_at = clock_timestamp(), link_hash = NULL, link_until = NULL
WHERE account_id = $1 AND (link_hash = $3 OR password = $4)
RETURNING account_id
