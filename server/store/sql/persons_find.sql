-- People named by worker id (> 0) or by (document type, HMAC), with their keys. An erased person
-- named by id is found without a name. ord counts from 1 in the order asked.
-- $1 worker_ids bigint[]
-- $2 document_types smallint[]
-- $3 document_hmacs bytea[]
-- returns: ord bigint, worker_id bigint, erased boolean, document_type smallint,
--   name_masked text, sealed bytea, access_version integer, version integer,
--   wrapped bytea, salt bytea, index bigint
SELECT a.ord, p.worker_id, false AS erased, p.document_type, p.name_masked, p.sealed, p.access_version,
       p.version, k.wrapped, k.salt, s.index
FROM unnest($1::bigint[], $2::smallint[], $3::bytea[]) WITH ORDINALITY AS a (worker_id, type, hmac, ord)
CROSS JOIN LATERAL (
    SELECT * FROM person WHERE a.worker_id > 0 AND person.worker_id = a.worker_id
    UNION ALL
    SELECT * FROM person WHERE a.worker_id = 0 AND person.document_type = a.type
                           AND person.document_hmac = a.hmac AND NOT person.provisional
) p
JOIN person_key k ON k.worker_id = p.worker_id
LEFT JOIN slot s ON s.worker_id = p.worker_id AND s.badge IS NULL
UNION ALL
SELECT a.ord, e.worker_id, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.index
FROM unnest($1::bigint[]) WITH ORDINALITY AS a (worker_id, ord)
JOIN erasure e ON a.worker_id > 0 AND e.worker_id = a.worker_id
LEFT JOIN slot s ON s.worker_id = e.worker_id AND s.badge IS NULL
