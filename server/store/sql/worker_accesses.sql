-- Who looked at a person, newest first.
-- $1 worker_id bigint
-- $2 before bigint
-- $3 count integer
-- returns: id bigint, at timestamptz, action text, account_id bigint, role text, org_id bigint,
--   org_name text
SELECT a.id, a.at, a.action, a.account_id, c.role, c.org_id, o.name AS org_name
FROM audit a
LEFT JOIN LATERAL (SELECT role, org_id FROM account WHERE account.id = a.account_id
                   ORDER BY version DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT name FROM org WHERE org.id = c.org_id
                   ORDER BY version DESC LIMIT 1) o ON true
WHERE (a.worker_id = $1 OR a.worker_ids @> ARRAY[$1::bigint])
  AND a.id < $2
ORDER BY a.id DESC
LIMIT $3::integer
