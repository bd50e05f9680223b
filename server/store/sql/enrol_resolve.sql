-- Who the people to enrol are: somebody known under that number and name, somebody who claimed the
-- same before, or somebody new, who gets the next id. other: who holds the number under another
-- name (a review is due). ord counts from 1.
-- $1 document_types smallint[]
-- $2 document_hmacs bytea[]
-- $3 name_hmacs bytea[]
-- returns: ord bigint, worker_id bigint, known boolean, other bigint
SELECT a.ord, coalesce(same.worker_id, claim.worker_id, nextval('worker_id')) AS worker_id,
       coalesce(same.worker_id, claim.worker_id) IS NOT NULL AS known,
       CASE WHEN same.worker_id IS NULL AND claim.worker_id IS NULL THEN other.worker_id END AS other
FROM unnest($1::smallint[], $2::bytea[], $3::bytea[]) WITH ORDINALITY AS a (type, hmac, name_hmac, ord)
LEFT JOIN person other ON other.document_type = a.type AND other.document_hmac = a.hmac AND NOT other.provisional
LEFT JOIN person same ON same.worker_id = other.worker_id AND same.name_hmac = a.name_hmac
LEFT JOIN person claim ON claim.document_type = a.type AND claim.document_hmac = a.hmac
                      AND claim.name_hmac = a.name_hmac AND claim.provisional
ORDER BY a.ord
