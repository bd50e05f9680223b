-- The current version of the account whose key has this prefix, if that key is still its key.
-- $1 key_prefix text
-- returns: id bigint, version integer, role text, org_id bigint, site_id bigint, device_id bigint, region text, label text, state text, key_prefix text, key_hash bytea
SELECT a.id, a.version, a.role, a.org_id, a.site_id, a.device_id, a.region, a.label, a.state,
       a.key_prefix, a.key_hash
FROM account a
WHERE a.key_prefix = $1
  AND NOT EXISTS (SELECT FROM account newer WHERE newer.id = a.id AND newer.version > a.version)
