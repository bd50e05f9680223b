-- The folded facts of workers; an older fold never replaces a newer one.
-- $1 worker_ids bigint[]
-- $2 versions integer[]
-- $3 packed bytea[]
-- writes
INSERT INTO facts (worker_id, version, packed)
SELECT w, v, p FROM unnest($1::bigint[], $2::integer[], $3::bytea[]) AS u (w, v, p)
ON CONFLICT (worker_id) DO UPDATE SET version = excluded.version, packed = excluded.packed
WHERE facts.version < excluded.version
