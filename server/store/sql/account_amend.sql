-- The next version of an account: what is NULL stays. Whoever amends the same version second
-- breaks account_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 label text
-- $4 state text
-- $5 key_prefix text
-- $6 key_hash bytea
-- $7 account_id bigint
-- writes
INSERT INTO account (id, version, role, org_id, site_id, device_id, region, label, state,
                     key_prefix, key_hash, account_id)
SELECT id, version + 1, role, org_id, site_id, device_id, region, coalesce($3, label),
       coalesce($4, state), coalesce($5, key_prefix), coalesce($6, key_hash), $7::bigint
FROM account
WHERE id = $1 AND version = $2
