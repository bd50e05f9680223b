-- Looks through the passes that were recorded since the last round, and a minute before, because a
-- transaction may become visible later than its rows say. Of what a device was told instead of what
-- was decided (told 1) nothing new is learnt. Numbers: server/domain/anomaly.def for kinds,
-- server/domain/gate.def for why (7 void, 12 replayed, 16 key, 17 signature), server/domain/gate.h for
-- flags (2 passback, 8 elsewhere).
-- Right ended: a gate that had decided by itself (source 3) let in somebody who, as is known by now,
-- was not engaged there any more, or whose badge had been voided by then. (Who leaves
-- today was engaged until yesterday, and may have come this morning.)
-- Two places: the same person at another gate within 5 s, or on another site within 60 s.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), round AS (
    SELECT upto, clock_timestamp() AS now
    FROM anomaly_round WHERE (SELECT held FROM lock)
), fresh AS (
    SELECT p.gate_id, p.epoch, p.seq, p.day, p.site_id, p.worker_id, p.direction, p.verdict, p.why,
           p.flags, p.at, p.source, p.token_index
    FROM pass p
    WHERE p.recorded_at > (SELECT greatest(upto, now - interval '1 day') - interval '1 minute' FROM round)
      AND p.day BETWEEN $2::date - 40 AND $2::date + 1 AND p.told = 0
), beside AS (
    SELECT f.*, lag(f.gate_id) OVER one AS before_gate, lag(f.site_id) OVER one AS before_site,
           f.at - lag(f.at) OVER one AS since
    FROM fresh f WHERE f.worker_id <> 0 AND f.verdict = 1
    WINDOW one AS (PARTITION BY f.worker_id ORDER BY f.at, f.gate_id, f.epoch, f.seq)
), found AS (
    SELECT 1 AS kind, f.*, 0 AS other_gate FROM fresh f WHERE f.why = 7
    UNION ALL SELECT 2, f.*, 0 FROM fresh f WHERE f.why IN (16, 17)
    UNION ALL SELECT 3, f.*, 0 FROM fresh f WHERE f.why = 12 OR f.flags & 8 <> 0
    UNION ALL SELECT 4, f.*, 0 FROM fresh f WHERE f.flags & 2 <> 0
    UNION ALL SELECT 5, b.gate_id, b.epoch, b.seq, b.day, b.site_id, b.worker_id, b.direction,
                     b.verdict, b.why, b.flags, b.at, b.source, b.token_index, b.before_gate
              FROM beside b
              WHERE b.before_gate <> b.gate_id AND b.flags & 8 = 0
                AND b.since < CASE WHEN b.before_site = b.site_id THEN interval '5 seconds'
                                   ELSE interval '60 seconds' END
    UNION ALL SELECT 6, f.*, 0 FROM fresh f
              WHERE f.source = 3 AND f.direction = 1 AND f.verdict = 1 AND f.worker_id <> 0
                AND (NOT EXISTS (SELECT FROM engagement e
                                 WHERE e.worker_id = f.worker_id AND e.site_id = f.site_id
                                   AND e.from_day <= f.day AND (e.until_day IS NULL OR e.until_day >= f.day))
                     OR EXISTS (SELECT FROM badge b
                                JOIN badge_void v ON v.worker_id = b.worker_id AND v.number = b.number
                                WHERE b.index = f.token_index AND v.at <= f.at))
), unknown AS (
    SELECT f.* FROM found f
    WHERE NOT EXISTS (SELECT FROM anomaly a
                      WHERE (a.kind, a.gate_id, a.epoch, a.seq, a.day)
                            = (f.kind, f.gate_id, f.epoch, f.seq, f.day))
    ORDER BY f.at
    LIMIT $3::integer
), put AS (
    INSERT INTO anomaly (kind, site_id, worker_id, gate_id, epoch, seq, day, other_gate, at)
    SELECT kind, site_id, worker_id, gate_id, epoch, seq, day, other_gate, at FROM unknown
    RETURNING 1
), moved AS (
    UPDATE anomaly_round SET upto = round.now FROM round
    WHERE (SELECT count(*) FROM unknown) < $3::integer
)
SELECT CASE WHEN held THEN (SELECT count(*) FROM put) END AS done FROM lock
