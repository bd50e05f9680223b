-- The newest list of keys that a root has signed, and what the next one counts: more than any before,
-- and more with every change of a key. One row, also when there is no list.
-- returns: next bigint, sequence bigint, signed bytea
SELECT greatest((SELECT count(*) FROM signing_key) + (SELECT count(*) FROM trust_list),
                coalesce(t.sequence, 0) + 1) AS next,
       t.sequence, t.signed
FROM (SELECT 1) AS one
LEFT JOIN (SELECT sequence, signed FROM trust_list ORDER BY sequence DESC LIMIT 1) AS t ON true
