-- A list of keys that a root has signed. Two of one sequence break trust_list_pkey.
-- $1 sequence bigint
-- $2 signed bytea
-- $3 root bytea
-- $4 kids bytea[]
-- $5 issued_at timestamptz
-- $6 expires_at timestamptz
-- $7 account_id bigint
-- writes
INSERT INTO trust_list (sequence, signed, root, kids, issued_at, expires_at, account_id)
VALUES ($1::bigint, $2::bytea, $3::bytea, $4::bytea[], $5::timestamptz, $6::timestamptz, $7::bigint)
