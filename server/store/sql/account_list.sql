-- Accounts as they are now, by id in (after, upto]. The key itself is nowhere.
-- $1 after bigint
-- $2 upto bigint
-- $3 org_id bigint
-- $4 role text
-- $5 count integer
-- returns: id bigint, version integer, role text, org_id bigint, site_id bigint, device_id bigint,
--   region text, label text, state text, key_prefix text, recorded_at timestamptz,
--   login text, totp boolean
SELECT a.id, a.version, a.role, a.org_id, a.site_id, a.device_id, a.region, a.label, a.state,
       a.key_prefix, a.recorded_at, l.name AS login, coalesce(l.totp_at IS NOT NULL, false) AS totp
FROM account a
LEFT JOIN login l ON l.account_id = a.id
WHERE a.id > $1 AND a.id <= $2
  AND NOT EXISTS (SELECT FROM account newer WHERE newer.id = a.id AND newer.version > a.version)
  AND ($3::bigint IS NULL OR a.org_id = $3)
  AND ($4::text IS NULL OR a.role = $4)
ORDER BY a.id
LIMIT $5::integer
