-- The slots of everybody who is engaged on a site on a day, his own and his badges', by their index.
-- $1 site_id bigint
-- $2 on date
-- $3 max integer
-- returns: index bigint, worker_id bigint
SELECT s.index, s.worker_id
FROM (SELECT DISTINCT worker_id FROM engagement
      WHERE site_id = $1::bigint AND from_day <= $2::date AND (until_day IS NULL OR until_day > $2::date)) e
JOIN slot s ON s.worker_id = e.worker_id
WHERE NOT s.void
ORDER BY s.index
LIMIT $3::integer
