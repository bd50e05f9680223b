-- A new version of the worker's own key; the one before stops working.
-- $1 worker_id bigint
-- $2 access_version integer  the one that it replaces
-- writes
-- returns: access_version integer
UPDATE person SET access_version = access_version + 1, version = version + 1
WHERE worker_id = $1 AND access_version = $2
RETURNING access_version
