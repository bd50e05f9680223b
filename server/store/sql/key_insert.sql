-- Remembers a request by its key; a second one at the same moment waits here, then gets 23505.
-- $1 tenant bigint
-- $2 route text
-- $3 key text
-- $4 fingerprint bytea
-- $5 status smallint
-- $6 answer text
-- writes
INSERT INTO idempotency (tenant, route, key, fingerprint, status, answer)
VALUES ($1, $2, $3, $4, $5, $6)
