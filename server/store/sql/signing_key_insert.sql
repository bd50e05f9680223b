-- A version of a signing key. Two at once break signing_key_pkey.
-- $1 number integer
-- $2 version integer
-- $3 kid bytea
-- $4 alg integer
-- $5 point bytea
-- $6 kinds integer
-- $7 nbf bigint
-- $8 exp bigint
-- $9 state text
-- $10 emergency boolean
-- $11 reason text
-- $12 account_id bigint
-- writes
INSERT INTO signing_key (number, version, kid, alg, point, kinds, nbf, exp, state, emergency, reason,
                         account_id)
VALUES ($1::integer, $2::integer, $3::bytea, $4::integer, $5::bytea, $6::integer, $7::bigint,
        $8::bigint, $9::text, $10::boolean, $11::text, $12::bigint)
