-- Whose document this is: one person, as far as the asker may find him. Somebody enrolled under a
-- known number but another name (provisional) is found only by those who engage him.
-- $1 document_type smallint
-- $2 document_hmac bytea
-- $3 org_id bigint
-- $4 site_id bigint
-- $5 today date
-- returns: worker_id bigint, name_masked text
SELECT p.worker_id, p.name_masked
FROM person p
WHERE p.document_type = $1 AND p.document_hmac = $2
  AND (($3::bigint IS NULL AND $4::bigint IS NULL AND NOT p.provisional)
       OR EXISTS (SELECT FROM engagement e
                  WHERE e.worker_id = p.worker_id AND (e.org_id = $3 OR e.site_id = $4)
                    AND (e.until_day IS NULL OR e.until_day > $5::date)))
ORDER BY p.provisional, p.worker_id
LIMIT 1
