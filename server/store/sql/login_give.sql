-- An account gets a login, or one that it has gets another link (and name): by the link its password
-- is set, once. The password that there is goes on until then.
-- $1 account_id bigint
-- $2 name text
-- $3 link_hash bytea
-- $4 life_s bigint
-- $5 forget_totp boolean
-- writes
INSERT INTO login AS l (account_id, name, link_hash, link_until)
VALUES ($1, $2, $3, clock_timestamp() + $4::bigint * interval '1 second')
ON CONFLICT ON CONSTRAINT login_pkey DO UPDATE
SET name = excluded.name, link_hash = excluded.link_hash, link_until = excluded.link_until,
    totp_secret = CASE WHEN $5::boolean THEN NULL ELSE l.totp_secret END,
    totp_at = CASE WHEN $5::boolean THEN NULL ELSE l.totp_at END
