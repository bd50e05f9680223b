-- Which of these people showed their document to this organisation.
-- $1 org_id bigint
-- $2 worker_ids bigint[]
-- returns: worker_id bigint
SELECT worker_id FROM shown_document WHERE org_id = $1 AND worker_id = ANY ($2::bigint[])
