-- New people.
-- $1 worker_ids bigint[]
-- $2 document_types smallint[]
-- $3 document_hmacs bytea[]
-- $4 name_hmacs bytea[]
-- $5 known_worker_ids bigint[]  0, or who holds the number under another name
-- $6 names_masked text[]
-- $7 sealed bytea[]
-- writes
INSERT INTO person (worker_id, document_type, document_hmac, name_hmac, provisional, name_masked, sealed)
SELECT w, t, h, n, k > 0, m, s
FROM unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::text[], $7::bytea[])
     AS u (w, t, h, n, k, m, s)
