-- A gate's next key. Two at once break device_key_pkey.
-- $1 device_id bigint
-- $2 number integer
-- $3 kid bytea
-- $4 alg integer
-- $5 point bytea
-- $6 removes integer
-- $7 account_id bigint
-- writes
INSERT INTO device_key (device_id, number, kid, alg, point, removes, account_id)
VALUES ($1::bigint, $2::integer, $3::bytea, $4::integer, $5::bytea, $6::integer, $7::bigint)
