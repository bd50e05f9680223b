-- Stored hashes by level and index. Of level 0, which are the leaves, the kind and the commitment
-- that they are made from.
-- $1 levels smallint[]
-- $2 indexes bigint[]
-- returns: level smallint, index bigint, kind smallint, hash bytea
SELECT u.level, u.index, 0::smallint AS kind, n.hash
FROM unnest($1::smallint[], $2::bigint[]) AS u (level, index)
JOIN log_node n ON n.level = u.level AND n.index = u.index
WHERE u.level > 0
UNION ALL
SELECT u.level, u.index, l.kind, l.commitment AS hash
FROM unnest($1::smallint[], $2::bigint[]) AS u (level, index)
JOIN log_leaf l ON l.index = u.index
WHERE u.level = 0
