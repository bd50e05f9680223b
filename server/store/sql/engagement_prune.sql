-- Engagements that a fold no longer yields (their record was superseded).
-- $1 worker_ids bigint[]
-- $2 kept_worker_ids bigint[]
-- $3 kept_versions integer[]
-- writes
DELETE FROM engagement e
WHERE e.worker_id = ANY ($1)
  AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::integer[]) AS k (w, v)
                  WHERE k.w = e.worker_id AND k.v = e.version)
