-- These people showed their document to this organisation, now or before.
-- $1 org_id bigint
-- $2 worker_ids bigint[]
-- writes
INSERT INTO shown_document (org_id, worker_id)
SELECT DISTINCT $1::bigint, w FROM unnest($2::bigint[]) AS u (w)
ON CONFLICT DO NOTHING
