-- A server's sign of life; its way back through the feed measures how fresh the register is.
-- $1 server_id text
-- $2 beat bigint
-- $3 key bigint
-- writes
-- returns: at timestamptz
WITH beat AS (
    INSERT INTO heartbeat (server_id, beat) VALUES ($1::text::uuid, $2)
    ON CONFLICT (server_id) DO UPDATE SET beat = excluded.beat, at = clock_timestamp()
)
INSERT INTO change (kind, key, version) VALUES (7, $3, $2)
RETURNING at
