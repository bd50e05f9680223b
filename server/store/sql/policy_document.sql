-- A policy's document, which is the same in all its versions.
-- $1 number integer
-- returns: document jsonb
SELECT document FROM policy WHERE number = $1 AND version = 1
