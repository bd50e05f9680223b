-- A new policy. The hash is of the document as the database writes it, so anybody can check it.
-- $1 number integer
-- $2 state text
-- $3 document jsonb
-- $4 account_id bigint
-- writes
INSERT INTO policy (number, version, state, document, sha256, account_id)
VALUES ($1, 1, $2, $3, sha256(convert_to($3::jsonb::text, 'UTF8')), $4)
