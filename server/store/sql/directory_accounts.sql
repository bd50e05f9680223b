-- Accounts as they are now; of all, or of some.
-- $1 ids bigint[]
-- returns: id bigint, version integer, role text, org_id bigint, site_id bigint, device_id bigint,
--          region text, label text, key_prefix text, key_hash bytea, active boolean
SELECT DISTINCT ON (id)
       id, version, role, org_id, site_id, device_id, region, label, key_prefix, key_hash,
       state = 'active' AS active
FROM account
WHERE $1::bigint[] IS NULL OR id = ANY ($1)
ORDER BY id, version DESC
