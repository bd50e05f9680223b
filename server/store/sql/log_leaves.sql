-- Leaves as anybody may see them, in their order.
-- $1 from_index bigint
-- $2 until_index bigint
-- $3 count integer
-- returns: index bigint, kind smallint, commitment bytea
SELECT index, kind, commitment FROM log_leaf
WHERE index >= $1 AND index < $2 ORDER BY index LIMIT $3::integer
