-- Overrides that were asked for, as they are now, the newest first: about people who are engaged in the
-- asker's region, and those that he asked for himself. after: behind this id; 0: from the start.
-- $1 after bigint
-- $2 region text
-- $3 account_id bigint
-- $4 id bigint
-- $5 worker_id bigint
-- $6 state text
-- $7 today date
-- $8 count integer
-- returns: id bigint, version integer, worker_id bigint, body jsonb, asked_by bigint,
--   expires_at timestamptz, state text, record_version integer, account_id bigint,
--   recorded_at timestamptz, asked_at timestamptz
WITH now AS NOT MATERIALIZED (
    SELECT o.*, CASE WHEN o.state = 'awaiting_signature' AND o.expires_at <= clock_timestamp()
                     THEN 'expired' ELSE o.state END AS stands
    FROM override_request o
    WHERE NOT EXISTS (SELECT FROM override_request newer WHERE newer.id = o.id AND newer.version > o.version)
)
SELECT n.id, n.version, n.worker_id, n.body, n.asked_by, n.expires_at, n.stands AS state, n.record_version,
       n.account_id, n.recorded_at, f.recorded_at AS asked_at
FROM now n
JOIN override_request f ON f.id = n.id AND f.version = 1
WHERE ($1::bigint = 0 OR n.id < $1)
  AND (n.asked_by = $3
       OR EXISTS (SELECT FROM engagement e
                  CROSS JOIN LATERAL (SELECT region FROM site WHERE site.id = e.site_id
                                      ORDER BY site.version DESC LIMIT 1) s
                  WHERE e.worker_id = n.worker_id AND (e.until_day IS NULL OR e.until_day > $7::date)
                    AND starts_with(s.region, $2)))
  AND ($4::bigint IS NULL OR n.id = $4)
  AND ($5::bigint IS NULL OR n.worker_id = $5)
  AND ($6::text IS NULL OR n.stands = $6)
ORDER BY n.id DESC
LIMIT $8::integer
