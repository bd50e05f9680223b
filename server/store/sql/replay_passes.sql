-- Whole passes of a day in the order of their keys, behind a place in it.
-- $1 day date
-- $2 gate_id bigint
-- $3 epoch integer
-- $4 seq bigint
-- $5 told smallint
-- $6 count integer
-- returns: gate_id bigint, epoch integer, seq bigint, day date, told smallint, site_id bigint,
--   worker_id bigint, direction smallint, verdict smallint, why smallint,
--   person_colour smallint, colour_here smallint, reasons bigint, restrictions integer,
--   flags integer, source smallint, at timestamptz, decided_at timestamptz, token_iat bigint,
--   token_index bigint, facts_version integer, engagement_version integer,
--   site_version integer, org_version integer, policy integer, semantics smallint,
--   fresh_ms integer, engine smallint, inputs integer, today date, device_version integer,
--   token_policy integer, clock_offset_ms integer, fresh_limit_ms integer, inputs_hash bigint
SELECT gate_id, epoch, seq, day, told, site_id, worker_id, direction, verdict, why,
       person_colour, colour_here, reasons, restrictions, flags, source, at, decided_at,
       token_iat, token_index, facts_version, engagement_version, site_version, org_version,
       policy, semantics, fresh_ms, engine, inputs, today, device_version, token_policy,
       clock_offset_ms, fresh_limit_ms, inputs_hash
FROM pass
WHERE day = $1 AND (gate_id, epoch, seq, told) > ($2, $3, $4, $5)
ORDER BY gate_id, epoch, seq, told
LIMIT $6::integer
