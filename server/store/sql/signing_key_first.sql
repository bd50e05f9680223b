-- The service's first key signs at once: nobody knows another one. Two servers at once add one row.
-- $1 kid bytea
-- $2 alg integer
-- $3 point bytea
-- $4 kinds integer
-- $5 exp bigint
-- writes
WITH added AS (
    INSERT INTO signing_key (number, version, kid, alg, point, kinds, nbf, exp, state, account_id)
    SELECT 1, 1, $1::bytea, $2::integer, $3::bytea, $4::integer, 0, $5::bigint, 'active', 0
    WHERE NOT EXISTS (SELECT FROM signing_key)
    ON CONFLICT DO NOTHING
    RETURNING 1)
INSERT INTO change (kind, key, version) SELECT 10, 0, 0 FROM added
