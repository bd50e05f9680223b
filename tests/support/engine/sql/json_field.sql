-- Fails with a message that quotes what it was given.
-- $1 words text
-- returns: number integer
SELECT $1::text::integer AS number
