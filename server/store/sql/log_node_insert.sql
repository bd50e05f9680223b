-- Whole subtrees that the new leaves completed.
-- $1 levels smallint[]
-- $2 indexes bigint[]
-- $3 hashes bytea[]
-- writes
INSERT INTO log_node (level, index, hash)
SELECT level, index, hash
FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS u (level, index, hash)
