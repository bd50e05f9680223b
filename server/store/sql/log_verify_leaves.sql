-- Leaves with all that is stored of them, in their order.
-- $1 from_index bigint
-- $2 count integer
-- returns: index bigint, kind smallint, subject bigint, number bigint, salt bytea, commitment bytea
SELECT index, kind, subject, number, salt, commitment FROM log_leaf
WHERE index >= $1 ORDER BY index LIMIT $2::integer
