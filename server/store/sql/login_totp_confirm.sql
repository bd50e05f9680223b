-- The authenticator showed a code of this secret: from now on it is asked for. No row: it changed.
-- $1 account_id bigint
-- $2 totp_secret bytea
-- $3 totp_step bigint
-- writes
-- returns: account_id bigint
UPDATE login SET totp_at = clock_timestamp(), totp_step = $3
WHERE account_id = $1 AND totp_secret = $2 AND totp_at IS NULL AND totp_step < $3
RETURNING account_id
