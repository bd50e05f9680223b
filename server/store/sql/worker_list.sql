-- People by id above `after`, each with the newest engagement that the asker sees: of an
-- organisation ($2), on a site ($3), in a region ($4); and, when asked for, of a trade ($5).
-- Engagements that ended by `today` do not count.
-- $1 after bigint
-- $2 org_id bigint
-- $3 site_id bigint
-- $4 region text
-- $5 trade smallint
-- $6 today date
-- $7 count integer
-- returns: worker_id bigint, name_masked text, version integer, org_id bigint, site_id bigint,
--   region text, trade smallint, role smallint, from_day date, until_day date,
--   facts_version integer, packed bytea
SELECT DISTINCT ON (e.worker_id) e.worker_id, p.name_masked, e.version, e.org_id, e.site_id,
       s.region, e.trade, e.role, e.from_day, e.until_day, f.version AS facts_version, f.packed
FROM engagement e
JOIN site s ON s.id = e.site_id AND s.version = 1 -- a site never moves to another region
LEFT JOIN person p ON p.worker_id = e.worker_id    -- an erased one has no name
LEFT JOIN facts f ON f.worker_id = e.worker_id
WHERE e.worker_id > $1
  AND ($2::bigint IS NULL OR e.org_id = $2)
  AND ($3::bigint IS NULL OR e.site_id = $3)
  AND starts_with(s.region, $4)
  AND ($5::smallint IS NULL OR e.trade = $5)
  AND (e.until_day IS NULL OR e.until_day > $6::date)
ORDER BY e.worker_id, e.version DESC
LIMIT $7::integer
