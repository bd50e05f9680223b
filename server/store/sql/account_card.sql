-- Who somebody is, for himself: his account with the names around it.
-- $1 account_id bigint
-- returns: role text, org_id bigint, org_name text, site_id bigint, site_name text, region text,
--   label text, login text, totp boolean, password_at timestamptz
SELECT a.role, a.org_id, o.name AS org_name, a.site_id, s.name AS site_name, a.region, a.label,
       l.name AS login, coalesce(l.totp_at IS NOT NULL, false) AS totp, l.password_at
FROM account a
LEFT JOIN login l ON l.account_id = a.id
LEFT JOIN org o ON o.id = a.org_id
     AND NOT EXISTS (SELECT FROM org newer WHERE newer.id = o.id AND newer.version > o.version)
LEFT JOIN site s ON s.id = a.site_id
     AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
WHERE a.id = $1
  AND NOT EXISTS (SELECT FROM account newer WHERE newer.id = a.id AND newer.version > a.version)
