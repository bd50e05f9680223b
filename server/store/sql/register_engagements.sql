-- The engagements of workers that changed.
-- $1 ids bigint[]
-- returns: worker_id bigint, version integer, org_id bigint, site_id bigint, trade smallint,
--          role smallint, from_day date, until_day date
SELECT worker_id, version, org_id, site_id, trade, role, from_day, until_day
FROM engagement
WHERE worker_id = ANY ($1)
ORDER BY worker_id, version
