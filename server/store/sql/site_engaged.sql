-- How many of these people are engaged on a site on a day.
-- $1 site_id bigint
-- $2 worker_ids bigint[]
-- $3 on date
-- returns: count bigint
SELECT count(DISTINCT worker_id) AS count
FROM engagement
WHERE site_id = $1 AND worker_id = ANY ($2::bigint[])
  AND from_day <= $3::date AND (until_day IS NULL OR until_day > $3::date)
