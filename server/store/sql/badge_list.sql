-- The badges of some people, with what became of them.
-- $1 worker_ids bigint[]
-- returns: worker_id bigint, number integer, index bigint, issued_at timestamptz,
--   expires_at timestamptz, org_id bigint, voided_at timestamptz, reason text
SELECT b.worker_id, b.number, b.index, b.issued_at, b.expires_at, b.org_id, v.at AS voided_at, v.reason
FROM badge b
LEFT JOIN badge_void v ON v.worker_id = b.worker_id AND v.number = b.number
WHERE b.worker_id = ANY ($1::bigint[])
ORDER BY b.worker_id, b.number
