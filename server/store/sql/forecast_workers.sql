-- People by id above `after` with an engagement, begun or to come, that the asker sees: of an
-- organisation ($2), on a site ($3), in a region ($4).
-- $1 after bigint
-- $2 org_id bigint
-- $3 site_id bigint
-- $4 region text
-- $5 today date
-- $6 count integer
-- returns: worker_id bigint
SELECT DISTINCT e.worker_id
FROM engagement e
JOIN site s ON s.id = e.site_id AND s.version = 1 -- a site never moves to another region
WHERE e.worker_id > $1
  AND ($2::bigint IS NULL OR e.org_id = $2)
  AND ($3::bigint IS NULL OR e.site_id = $3)
  AND starts_with(s.region, $4)
  AND (e.until_day IS NULL OR e.until_day > $5::date)
ORDER BY e.worker_id
LIMIT $6::integer
