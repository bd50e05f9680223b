-- Policies that passes name. whole: the document is still what its own hash was made of.
-- $1 numbers integer[]
-- returns: number integer, document text, whole boolean
SELECT number, document::text AS document,
       sha256 = sha256(convert_to(document::text, 'UTF8')) AS whole
FROM policy
WHERE version = 1 AND number = ANY ($1::integer[])
