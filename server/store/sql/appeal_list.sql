-- Appeals as they are now: what is open first, by its deadline, so what is overdue leads; then what
-- was answered. As far as the asker may see: one person's, those of an organisation's own people (and
-- those that it filed), those of a region and of none. Behind a place that may be nobody's any more, as an appeal
-- moves when it is answered; after_id 0: from the start.
-- $1 after_closed boolean
-- $2 after_due date
-- $3 after_id bigint
-- $4 worker_id bigint
-- $5 org_id bigint
-- $6 region text
-- $7 id bigint
-- $8 state text
-- $9 overdue boolean
-- $10 today date
-- $11 count integer
-- returns: id bigint, version integer, worker_id bigint, org_id bigint, reason text, scope text,
--   colour text, on_day date, policy integer, site_id bigint, region text, disputes integer,
--   known_version integer, round integer, filed_on date, due date, due_certain boolean, state text,
--   mended_by integer, account_id bigint, recorded_at timestamptz, filed_at timestamptz
WITH now AS NOT MATERIALIZED (
    SELECT a.*, a.state <> 'open' AS closed
    FROM appeal a
    WHERE NOT EXISTS (SELECT FROM appeal newer WHERE newer.id = a.id AND newer.version > a.version)
)
SELECT n.id, n.version, n.worker_id, n.org_id, n.reason, n.scope, n.colour, n.on_day, n.policy, n.site_id,
       n.region, n.disputes, n.known_version, n.round, n.filed_on, n.due, n.due_certain, n.state,
       n.mended_by, n.account_id, n.recorded_at, f.recorded_at AS filed_at
FROM now n
JOIN appeal f ON f.id = n.id AND f.version = 1
WHERE ($4::bigint IS NULL OR n.worker_id = $4)
  AND ($5::bigint IS NULL OR n.org_id = $5
       OR EXISTS (SELECT FROM engagement e WHERE e.worker_id = n.worker_id AND e.org_id = $5
                                             AND (e.until_day IS NULL OR e.until_day > $10::date)))
  AND (n.region = '' OR starts_with(n.region, $6))
  AND ($7::bigint IS NULL OR n.id = $7)
  AND ($8::text IS NULL OR n.state = $8)
  AND (NOT $9::boolean OR (n.state = 'open' AND n.due < $10::date))
  AND ($3::bigint = 0 OR (n.closed, n.due, n.id) > ($1::boolean, $2::date, $3))
ORDER BY n.closed, n.due, n.id
LIMIT $11::integer
