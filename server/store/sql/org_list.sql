-- Organisations as they are now, by id in (after, upto], as far as the asker may see them: his own
-- ($3), or those of his region ($4), of no region, or with people engaged in it.
-- $1 after bigint
-- $2 upto bigint
-- $3 org_id bigint
-- $4 region text
-- $5 kind text
-- $6 count integer
-- returns: id bigint, version integer, kind text, uscc text, name text, region text,
--   permit_state text, permit_until date, accreditations jsonb, state text, recorded_at timestamptz
SELECT o.id, o.version, o.kind, o.uscc, o.name, o.region, o.permit_state, o.permit_until,
       to_jsonb(o.accreditations) AS accreditations, o.state, o.recorded_at
FROM org o
WHERE o.id > $1 AND o.id <= $2
  AND NOT EXISTS (SELECT FROM org newer WHERE newer.id = o.id AND newer.version > o.version)
  AND ($3::bigint IS NULL OR o.id = $3)
  AND ($4::text = '' OR o.region = '' OR starts_with(o.region, $4)
       OR EXISTS (SELECT FROM engagement e JOIN site s ON s.id = e.site_id
                  WHERE e.org_id = o.id AND starts_with(s.region, $4)))
  AND ($5::text IS NULL OR o.kind = $5)
ORDER BY o.id
LIMIT $6::integer
