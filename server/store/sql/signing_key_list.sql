-- Every version of the signing keys, in their order; published_at is when everybody could first know
-- of the key: as soon as it was announced, or, where a root signs the lists, with the first such list
-- that has it (NULL: there is none yet).
-- returns: number integer, version integer, kid bytea, alg integer, point bytea, kinds integer,
--   nbf bigint, exp bigint, state text, emergency boolean, reason text, account_id bigint,
--   recorded_at timestamptz, published_at timestamptz
SELECT k.number, k.version, k.kid, k.alg, k.point, k.kinds, k.nbf, k.exp, k.state, k.emergency,
       k.reason, k.account_id, k.recorded_at,
       CASE WHEN EXISTS (SELECT FROM trust_list)
            THEN (SELECT min(t.recorded_at) FROM trust_list t WHERE k.kid = ANY (t.kids))
            ELSE (SELECT f.recorded_at FROM signing_key f
                  WHERE f.number = k.number AND f.version = 1) END AS published_at
FROM signing_key k
ORDER BY k.number, k.version
