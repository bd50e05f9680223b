-- A signed head, the newest without a sequence.
-- $1 sequence bigint
-- returns: sequence bigint, size bigint, root bytea, at timestamptz, signed bytea
SELECT sequence, size, root, at, signed FROM log_head
WHERE sequence = coalesce($1::bigint, (SELECT max(sequence) FROM log_head))
