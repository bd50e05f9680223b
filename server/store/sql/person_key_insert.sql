-- The wrapped keys of new people.
-- $1 worker_ids bigint[]
-- $2 wrapped bytea[]
-- $3 salts bytea[]
-- writes
INSERT INTO person_key (worker_id, wrapped, salt)
SELECT w, k, s FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS u (w, k, s)
