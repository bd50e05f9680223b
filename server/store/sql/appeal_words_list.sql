-- What was written with an appeal, version by version.
-- $1 appeal_id bigint
-- returns: version integer, sealed bytea
SELECT version, sealed FROM appeal_words WHERE appeal_id = $1 ORDER BY version
