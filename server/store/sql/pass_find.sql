-- Passes by their keys. LATERAL with OFFSET 0 keeps it to one probe a key, whatever the planner
-- thinks of a young partition.
-- $1 gate_id bigint[]
-- $2 epoch integer[]
-- $3 seq bigint[]
-- $4 day date[]
-- $5 told smallint[]
-- returns: gate_id bigint, epoch integer, seq bigint, day date, told smallint, site_id bigint,
--   worker_id bigint, direction smallint, verdict smallint, why smallint,
--   person_colour smallint, colour_here smallint, reasons bigint, restrictions integer,
--   flags integer, source smallint, at timestamptz, decided_at timestamptz, token_iat bigint,
--   token_index bigint, facts_version integer, engagement_version integer,
--   site_version integer, org_version integer, policy integer, semantics smallint,
--   fresh_ms integer, engine smallint, inputs integer, today date, device_version integer,
--   token_policy integer, clock_offset_ms integer, fresh_limit_ms integer, inputs_hash bigint
SELECT p.*
FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::date[], $5::smallint[])
     AS k (gate_id, epoch, seq, day, told),
LATERAL (
    SELECT gate_id, epoch, seq, day, told, site_id, worker_id, direction, verdict, why,
           person_colour, colour_here, reasons, restrictions, flags, source, at, decided_at,
           token_iat, token_index, facts_version, engagement_version, site_version, org_version,
           policy, semantics, fresh_ms, engine, inputs, today, device_version,
           token_policy, clock_offset_ms, fresh_limit_ms, inputs_hash
    FROM pass
    WHERE pass.gate_id = k.gate_id AND pass.epoch = k.epoch AND pass.seq = k.seq
      AND pass.day = k.day AND pass.told = k.told
    OFFSET 0
) p
