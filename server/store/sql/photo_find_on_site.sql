-- The photo of this hash, sealed, with its person's key: of somebody whose photo it is now, and who
-- is engaged on the site on one of the days.
-- $1 hash bytea
-- $2 site_id bigint
-- $3 first date
-- $4 last date
-- returns: worker_id bigint, wrapped bytea, hash bytea, sealed bytea
SELECT ph.worker_id, k.wrapped, ph.hash, ph.sealed
FROM person p
JOIN person_key k ON k.worker_id = p.worker_id
JOIN person_photo ph ON ph.worker_id = p.worker_id AND ph.hash = p.photo
WHERE p.photo = $1::bytea
  AND EXISTS (SELECT FROM engagement e
              WHERE e.worker_id = p.worker_id AND e.site_id = $2::bigint AND e.from_day <= $4::date
                AND (e.until_day IS NULL OR e.until_day > $3::date))
ORDER BY ph.worker_id, ph.number DESC
LIMIT 1
