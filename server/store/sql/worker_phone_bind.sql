-- An invitation is used: this is the worker's phone now, and his keys from before end. Breaks
-- worker_phone_bound, so that nothing of the batch is kept, when somebody else was faster.
-- $1 worker_id bigint
-- $2 link_hash bytea
-- $3 access_version integer  the one that ends
-- $4 point bytea
-- writes
WITH used AS (
    DELETE FROM worker_invitation WHERE worker_id = $1 AND link_hash = $2 RETURNING account_id
), raised AS (
    UPDATE person SET access_version = access_version + 1, version = version + 1
    WHERE worker_id = $1 AND access_version = $3 RETURNING 1
)
INSERT INTO worker_phone (worker_id, point, invited_by, bound)
VALUES ($1, $4, coalesce((SELECT account_id FROM used), 0),
        EXISTS (SELECT FROM used) AND EXISTS (SELECT FROM raised))
ON CONFLICT ON CONSTRAINT worker_phone_pkey DO UPDATE
SET point = excluded.point, invited_by = excluded.invited_by, since = excluded.since
