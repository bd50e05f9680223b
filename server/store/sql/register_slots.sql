-- The slots of workers that changed: their own and their badges'. In two parts, as each kind has an
-- index of its own.
-- $1 ids bigint[]
-- returns: index bigint, worker_id bigint, badge boolean, void boolean
SELECT index, worker_id, false AS badge, void
FROM slot
WHERE worker_id = ANY ($1) AND badge IS NULL
UNION ALL
SELECT index, worker_id, true AS badge, void
FROM slot
WHERE worker_id = ANY ($1) AND badge IS NOT NULL
