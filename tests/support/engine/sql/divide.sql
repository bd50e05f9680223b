-- Fails for 0.
-- $1 by integer
-- returns: quotient integer
SELECT 100 / $1::integer AS quotient
