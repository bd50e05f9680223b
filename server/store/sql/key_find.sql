-- What is stored of a request key.
-- $1 tenant bigint
-- $2 route text
-- $3 key text
-- returns: fingerprint bytea, status smallint, answer text
SELECT fingerprint, status, answer FROM idempotency WHERE tenant = $1 AND route = $2 AND key = $3
