-- Rows that are committed and not yet sealed, in the order in which they were noted.
-- $1 count integer
-- returns: id bigint, kind smallint, subject bigint, number bigint
SELECT id, kind, subject, number FROM log_pending ORDER BY id LIMIT $1::integer
