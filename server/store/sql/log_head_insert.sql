-- A signed head.
-- $1 sequence bigint
-- $2 size bigint
-- $3 root bytea
-- $4 at timestamptz
-- $5 server_id uuid
-- $6 signed bytea
-- writes
INSERT INTO log_head (sequence, size, root, at, server_id, signed)
VALUES ($1::bigint, $2::bigint, $3::bytea, $4::timestamptz, $5::uuid, $6::bytea)
