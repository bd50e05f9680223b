-- An account's own login.
-- $1 account_id bigint
-- returns: name text, password text, totp_secret bytea, totp boolean, totp_step bigint
SELECT name, password, totp_secret, totp_at IS NOT NULL AS totp, totp_step
FROM login WHERE account_id = $1
