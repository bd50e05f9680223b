-- The evidence of an override that was asked for, sealed.
-- $1 override_id bigint
-- returns: sealed bytea
SELECT sealed FROM override_words WHERE override_id = $1
