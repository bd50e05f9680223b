-- Anomalies by id in (after, upto], as far as the asker may see their sites: one site ($4), a general
-- contractor's ($5), or those of a region ($6). $7: true, those that nobody has judged yet; false,
-- those that somebody has; NULL, all.
-- $1 after bigint
-- $2 upto bigint
-- $3 count integer
-- $4 site_id bigint
-- $5 org_id bigint
-- $6 region text
-- $7 open boolean
-- returns: id bigint, kind smallint, site_id bigint, site_name text, worker_id bigint, gate_id bigint,
--   epoch integer, seq bigint, day date, other_gate bigint, at timestamptz, reviews integer,
--   outcome text, reviewed_by bigint, reviewed_at timestamptz
SELECT a.id, a.kind, a.site_id, s.name AS site_name, a.worker_id, a.gate_id, a.epoch, a.seq, a.day,
       a.other_gate, a.at, coalesce(r.number, 0) AS reviews, r.outcome,
       coalesce(r.account_id, 0) AS reviewed_by, r.recorded_at AS reviewed_at
FROM anomaly a JOIN site s ON s.id = a.site_id
LEFT JOIN LATERAL (SELECT number, outcome, account_id, recorded_at FROM anomaly_review
                   WHERE anomaly_id = a.id ORDER BY number DESC LIMIT 1) r ON true
WHERE a.id > $1 AND a.id <= $2
  AND NOT EXISTS (SELECT FROM site newer WHERE newer.id = s.id AND newer.version > s.version)
  AND ($4::bigint IS NULL OR s.id = $4)
  AND ($5::bigint IS NULL OR s.org_id = $5)
  AND starts_with(s.region, $6)
  AND ($7::boolean IS NULL OR $7 = (r.number IS NULL))
ORDER BY a.id
LIMIT $3::integer
