-- Another secret: the next number. Of two at once the second breaks webhook_secret_pkey.
-- $1 webhook_id bigint
-- $2 sealed bytea
-- writes
INSERT INTO webhook_secret (webhook_id, number, sealed)
SELECT $1::bigint, max(number) + 1, $2::bytea FROM webhook_secret WHERE webhook_id = $1
