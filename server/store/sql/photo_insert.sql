-- A person's new photo; the one before stays behind it. Nothing happens to somebody who was erased.
-- $1 worker_id bigint
-- $2 hash bytea
-- $3 sealed bytea
-- $4 account_id bigint
-- writes
WITH whose AS (SELECT worker_id FROM person WHERE worker_id = $1::bigint),
     added AS (
         INSERT INTO person_photo (worker_id, number, hash, sealed, account_id)
         SELECT whose.worker_id,
                1 + coalesce((SELECT max(number) FROM person_photo before WHERE before.worker_id = $1::bigint), 0),
                $2::bytea, $3::bytea, $4::bigint
         FROM whose)
UPDATE person SET photo = $2::bytea WHERE worker_id = $1::bigint
