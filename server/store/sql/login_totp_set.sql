-- A new authenticator secret, not yet asked for. No row: one is in use.
-- $1 account_id bigint
-- $2 totp_secret bytea
-- writes
-- returns: account_id bigint
UPDATE login SET totp_secret = $2
WHERE account_id = $1 AND totp_at IS NULL
RETURNING account_id
