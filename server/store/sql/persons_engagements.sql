-- All engagements of the same people, with the region of each site.
-- $1 worker_ids bigint[]
-- $2 document_types smallint[]
-- $3 document_hmacs bytea[]
-- returns: ord bigint, version integer, org_id bigint, site_id bigint, trade smallint,
--   role smallint, from_day date, until_day date, region text
SELECT a.ord, e.version, e.org_id, e.site_id, e.trade, e.role, e.from_day, e.until_day, s.region
FROM unnest($1::bigint[], $2::smallint[], $3::bytea[]) WITH ORDINALITY AS a (worker_id, type, hmac, ord)
CROSS JOIN LATERAL (
    SELECT a.worker_id AS id WHERE a.worker_id > 0
    UNION ALL
    SELECT person.worker_id FROM person WHERE a.worker_id = 0 AND person.document_type = a.type
                                          AND person.document_hmac = a.hmac AND NOT person.provisional
) p
JOIN engagement e ON e.worker_id = p.id
CROSS JOIN LATERAL (
    SELECT region FROM site WHERE site.id = e.site_id ORDER BY site.version DESC LIMIT 1
) s
ORDER BY a.ord, e.version
