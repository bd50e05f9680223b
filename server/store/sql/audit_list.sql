-- Who did what, newest first, as far as a regulator sees: the deeds of his own organisation's
-- accounts, of accounts in charge of a place in his region, and of organisations of his region.
-- What workers did themselves and the service did is for the whole country's only.
-- $1 before bigint
-- $2 region text
-- $3 org_id bigint
-- $4 worker_id bigint
-- $5 of_account bigint
-- $6 count integer
-- returns: id bigint, at timestamptz, account_id bigint, role text, org_id bigint, action text,
--   worker_id bigint, worker_ids jsonb, detail jsonb, request_id bigint
SELECT a.id, a.at, a.account_id, c.role, c.org_id, a.action, a.worker_id,
       to_jsonb(a.worker_ids) AS worker_ids, a.detail, a.request_id
FROM audit a
LEFT JOIN LATERAL (SELECT role, org_id, region FROM account WHERE account.id = a.account_id
                   ORDER BY version DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT region FROM org WHERE org.id = c.org_id
                   ORDER BY version DESC LIMIT 1) o ON true
WHERE a.id < $1
  AND ($2::text = '' OR c.org_id = $3 OR (c.region <> '' AND starts_with(c.region, $2))
       OR starts_with(o.region, $2))
  AND ($4::bigint IS NULL OR a.worker_id = $4 OR a.worker_ids @> ARRAY[$4::bigint])
  AND ($5::bigint IS NULL OR a.account_id = $5)
ORDER BY a.id DESC
LIMIT $6::integer
