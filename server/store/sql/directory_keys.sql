-- The signing keys as they are now, in no order that counts. The dead are told as long as there is room: those
-- that ended first go first.
-- returns: number integer, version integer, kid bytea, alg integer, point bytea, kinds integer,
--   nbf bigint, exp bigint, state text, activated_at timestamptz
SELECT number, version, kid, alg, point, kinds, nbf, exp, state, activated_at
FROM (SELECT DISTINCT ON (k.number) k.number, k.version, k.kid, k.alg, k.point, k.kinds, k.nbf,
             k.exp, k.state,
             (SELECT max(a.recorded_at) FROM signing_key a
              WHERE a.number = k.number AND a.state = 'active') AS activated_at
      FROM signing_key k
      ORDER BY k.number, k.version DESC) AS newest
ORDER BY state IN ('announced', 'active') DESC, exp DESC, number DESC
LIMIT 64
