-- Whose password a link sets, if it has not ended.
-- $1 link_hash bytea
-- returns: account_id bigint, name text
SELECT l.account_id, l.name
FROM login l
JOIN account a ON a.id = l.account_id AND a.state = 'active'
WHERE l.link_hash = $1 AND l.link_until > clock_timestamp()
  AND NOT EXISTS (SELECT FROM account newer WHERE newer.id = a.id AND newer.version > a.version)
