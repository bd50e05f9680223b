-- Sites as they are now, by id in (after, upto], as far as the asker may see them: one site ($3),
-- an organisation's own and those where its people are engaged ($4), or those of a region ($5).
-- state_by is the role of whoever brought the site into the state it is in.
-- $1 after bigint
-- $2 upto bigint
-- $3 site_id bigint
-- $4 org_id bigint
-- $5 region text
-- $6 today date
-- $7 state text
-- $8 count integer
-- returns: id bigint, version integer, name text, region text, org_id bigint, state text, rule jsonb,
--   rectification jsonb, state_by text, recorded_at timestamptz
SELECT s.id, s.version, s.name, s.region, s.org_id, s.state, s.rule,
       to_jsonb(s.rectification) AS rectification,
       (SELECT a.role
        FROM site first JOIN account a ON a.id = first.account_id
        WHERE first.id = s.id
          AND first.version > coalesce((SELECT max(other.version) FROM site other
                                        WHERE other.id = s.id AND other.state <> s.state), 0)
        ORDER BY first.version, a.version DESC LIMIT 1) AS state_by,
       s.recorded_at
FROM site s
WHERE s.id > $1 AND s.id <= $2
  AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
  AND ($3::bigint IS NULL OR s.id = $3)
  AND ($4::bigint IS NULL OR s.org_id = $4
       OR EXISTS (SELECT FROM engagement e
                  WHERE e.site_id = s.id AND e.org_id = $4
                    AND (e.until_day IS NULL OR e.until_day > $6::date)))
  AND starts_with(s.region, $5)
  AND ($7::text IS NULL OR s.state = $7)
ORDER BY s.id
LIMIT $8::integer
