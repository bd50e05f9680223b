-- Stored hashes by level and index; those of level 0 are made from the leaves (crypto/log_head.h).
-- $1 levels smallint[]
-- $2 indexes bigint[]
-- returns: level smallint, index bigint, hash bytea
SELECT u.level, u.index, n.hash
FROM unnest($1::smallint[], $2::bigint[]) AS u (level, index)
JOIN log_node n ON n.level = u.level AND n.index = u.index
WHERE u.level > 0
UNION ALL
SELECT u.level, u.index,
       sha256('\x00'::bytea || set_byte('\x00'::bytea, 0, l.kind) || l.commitment) AS hash
FROM unnest($1::smallint[], $2::bigint[]) AS u (level, index)
JOIN log_leaf l ON l.index = u.index
WHERE u.level = 0
