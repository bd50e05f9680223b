-- The version that a worker's own key must carry.
-- $1 worker_id bigint
-- returns: access_version integer
SELECT access_version FROM person WHERE worker_id = $1
