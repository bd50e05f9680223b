-- Heads in their order.
-- $1 after_sequence bigint
-- $2 count integer
-- returns: sequence bigint, size bigint, root bytea, at timestamptz, signed bytea
SELECT sequence, size, root, at, signed FROM log_head
WHERE sequence > $1 ORDER BY sequence LIMIT $2::integer
