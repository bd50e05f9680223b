-- The sealed personal words of records.
-- $1 worker_ids bigint[]
-- $2 versions integer[]
-- $3 sealed bytea[]
-- writes
INSERT INTO record_secret (worker_id, version, sealed)
SELECT w, v, s FROM unnest($1::bigint[], $2::integer[], $3::bytea[]) AS u (w, v, s)
