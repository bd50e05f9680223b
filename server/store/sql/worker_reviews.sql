-- Numbers that came with two names, in a region: the provisional person and the known one.
-- $1 after bigint
-- $2 region text
-- $3 count integer
-- returns: worker_id bigint, known_worker_id bigint, name_masked text, known_name_masked text,
--   account_id bigint, org_id bigint, at timestamptz
SELECT r.worker_id, r.known_worker_id, p.name_masked, k.name_masked AS known_name_masked,
       r.account_id,
       (SELECT c.org_id FROM account c WHERE c.id = r.account_id
        ORDER BY c.version DESC LIMIT 1) AS org_id,
       r.at
FROM identity_review r
LEFT JOIN person p ON p.worker_id = r.worker_id
LEFT JOIN person k ON k.worker_id = r.known_worker_id
WHERE r.worker_id > $1
  AND ($2::text = '' OR EXISTS (SELECT FROM engagement e JOIN site s ON s.id = e.site_id
                                WHERE e.worker_id = r.worker_id AND starts_with(s.region, $2)))
ORDER BY r.worker_id
LIMIT $3::integer
