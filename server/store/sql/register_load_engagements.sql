-- The engagements of a range of workers (register_range), by COPY.
-- returns: worker_id bigint, version integer, org_id bigint, site_id bigint, trade smallint,
--          role smallint, from_day date, until_day date
SELECT worker_id, version, org_id, site_id, trade, role, from_day, until_day
FROM engagement
WHERE worker_id >= current_setting('register.first')::bigint
  AND worker_id < current_setting('register.beyond')::bigint
ORDER BY worker_id, version
