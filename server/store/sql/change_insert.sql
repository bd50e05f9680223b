-- Tells the registers what this transaction touched.
-- $1 kind smallint
-- $2 keys bigint[]
-- $3 versions bigint[]
-- writes
INSERT INTO change (kind, key, version)
SELECT $1, k, v FROM unnest($2::bigint[], $3::bigint[]) AS u (k, v)
