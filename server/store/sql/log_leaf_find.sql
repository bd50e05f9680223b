-- The leaf of a row, with what opens its commitment.
-- $1 kind smallint
-- $2 subject bigint
-- $3 number bigint
-- returns: index bigint, salt bytea, commitment bytea
SELECT index, salt, commitment FROM log_leaf WHERE kind = $1 AND subject = $2 AND number = $3
