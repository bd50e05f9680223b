-- A person's photo, sealed, with his key.
-- $1 worker_id bigint
-- returns: worker_id bigint, wrapped bytea, hash bytea, sealed bytea
SELECT ph.worker_id, k.wrapped, ph.hash, ph.sealed
FROM person_photo ph
JOIN person_key k ON k.worker_id = ph.worker_id
WHERE ph.worker_id = $1::bigint
ORDER BY ph.number DESC
LIMIT 1
