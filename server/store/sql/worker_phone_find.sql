-- The key of a worker's phone.
-- $1 worker_id bigint
-- returns: point bytea
SELECT point FROM worker_phone WHERE worker_id = $1
