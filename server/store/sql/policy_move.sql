-- The next version of a policy: the same document in another state. Whoever moves the same version
-- second breaks policy_pkey.
-- $1 number integer
-- $2 version integer
-- $3 state text
-- $4 account_id bigint
-- writes
INSERT INTO policy (number, version, state, document, sha256, account_id)
SELECT number, version + 1, $3::text, document, sha256, $4::bigint
FROM policy
WHERE number = $1 AND version = $2
