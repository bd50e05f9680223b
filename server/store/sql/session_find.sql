-- Whose session this token is, if it has not ended: the account as it is now.
-- $1 token_hash bytea
-- $2 idle_s bigint
-- $3 life_s bigint
-- returns: id bigint, opened_at timestamptz, stale boolean, totp boolean, account_id bigint,
--   version integer, role text, org_id bigint, site_id bigint, region text, state text
SELECT s.id, s.opened_at, s.seen_at < clock_timestamp() - interval '60 seconds' AS stale,
       l.totp_at IS NOT NULL AS totp, s.account_id, a.version, a.role, a.org_id, a.site_id,
       a.region, a.state
FROM session s
JOIN login l ON l.account_id = s.account_id
JOIN account a ON a.id = s.account_id
WHERE s.token_hash = $1
  AND s.seen_at > clock_timestamp() - $2::bigint * interval '1 second'
  AND s.opened_at > clock_timestamp() - $3::bigint * interval '1 second'
  AND NOT EXISTS (SELECT FROM account newer WHERE newer.id = a.id AND newer.version > a.version)
