-- All records of the same people, in the order asked, by version.
-- $1 worker_ids bigint[]
-- $2 document_types smallint[]
-- $3 document_hmacs bytea[]
-- returns: ord bigint, version integer, kind smallint, occurred_on date, recorded_at timestamptz,
--   account_id bigint, org_id bigint, body jsonb
SELECT a.ord, r.version, r.kind, r.occurred_on, r.recorded_at, r.account_id, r.org_id, r.body
FROM unnest($1::bigint[], $2::smallint[], $3::bytea[]) WITH ORDINALITY AS a (worker_id, type, hmac, ord)
CROSS JOIN LATERAL (
    SELECT a.worker_id AS id WHERE a.worker_id > 0
    UNION ALL
    SELECT person.worker_id FROM person WHERE a.worker_id = 0 AND person.document_type = a.type
                                          AND person.document_hmac = a.hmac AND NOT person.provisional
) p
JOIN record r ON r.worker_id = p.id
ORDER BY a.ord, r.version
