-- A new account: who asks, and what its role is narrowed to.
-- $1 id bigint
-- $2 role text
-- $3 org_id bigint
-- $4 site_id bigint
-- $5 device_id bigint
-- $6 region text
-- $7 label text
-- $8 key_prefix text
-- $9 key_hash bytea
-- $10 account_id bigint
-- writes
INSERT INTO account (id, version, role, org_id, site_id, device_id, region, label, key_prefix,
                     key_hash, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
