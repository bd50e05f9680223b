-- A site's passes of a day, in the order of each gate's own counting, behind a place in it.
-- $1 site_id bigint
-- $2 day date
-- $3 gate_id bigint
-- $4 epoch integer
-- $5 seq bigint
-- $6 told smallint
-- $7 count integer
-- returns: gate_id bigint, epoch integer, seq bigint, told smallint, worker_id bigint,
--   direction smallint, verdict smallint, why smallint, person_colour smallint,
--   colour_here smallint, reasons bigint, restrictions integer, flags integer, source smallint,
--   at timestamptz, decided_at timestamptz, recorded_at timestamptz, policy integer
SELECT p.gate_id, p.epoch, p.seq, p.told, p.worker_id, p.direction, p.verdict, p.why,
       p.person_colour, p.colour_here, p.reasons, p.restrictions, p.flags, p.source, p.at,
       p.decided_at, p.recorded_at, p.policy
FROM pass p
WHERE p.day = $2 AND p.site_id = $1
  AND p.gate_id IN (SELECT id FROM device WHERE device.site_id = $1) -- finds them by the key
  AND (p.gate_id, p.epoch, p.seq, p.told) > ($3, $4, $5, $6)
ORDER BY p.gate_id, p.epoch, p.seq, p.told
LIMIT $7::integer
