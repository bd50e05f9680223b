-- An override is asked for, and signed by whoever asks.
-- $1 id bigint
-- $2 worker_id bigint
-- $3 body jsonb
-- $4 asked_by bigint
-- $5 expires_at timestamptz
-- $6 sealed bytea
-- writes
WITH words AS (INSERT INTO override_words (override_id, worker_id, sealed) VALUES ($1, $2, $6))
INSERT INTO override_request (id, version, worker_id, body, asked_by, expires_at, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $4)
