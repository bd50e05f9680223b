-- Puts a policy that comes with the program in its state, unless its number is known, and tells the
-- registers.
-- $1 number integer
-- $2 state text
-- $3 document jsonb
-- writes
WITH put AS (
    INSERT INTO policy (number, version, state, document, sha256, account_id)
    VALUES ($1, 1, $2, $3, sha256(convert_to($3::jsonb::text, 'UTF8')), 0)
    ON CONFLICT ON CONSTRAINT policy_pkey DO NOTHING
    RETURNING number
)
INSERT INTO change (kind, key, version)
SELECT 6, number, 1 FROM put -- POLICY of register/change.def
