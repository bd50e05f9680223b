-- The passes of a batch that are not there yet.
-- $1 batch_id bigint
-- $2 gate_id bigint[]
-- $3 epoch integer[]
-- $4 seq bigint[]
-- $5 day date[]
-- $6 told smallint[]
-- $7 site_id bigint[]
-- $8 worker_id bigint[]
-- $9 direction smallint[]
-- $10 verdict smallint[]
-- $11 why smallint[]
-- $12 person_colour smallint[]
-- $13 colour_here smallint[]
-- $14 reasons bigint[]
-- $15 restrictions integer[]
-- $16 flags integer[]
-- $17 source smallint[]
-- $18 at timestamptz[]
-- $19 decided_at timestamptz[]
-- $20 token_iat bigint[]
-- $21 token_index bigint[]
-- $22 facts_version integer[]
-- $23 engagement_version integer[]
-- $24 site_version integer[]
-- $25 org_version integer[]
-- $26 policy integer[]
-- $27 semantics smallint[]
-- $28 fresh_ms integer[]
-- $29 engine smallint[]
-- $30 inputs integer[]
-- $31 today date[]
-- $32 device_version integer[]
-- $33 token_policy integer[]
-- $34 clock_offset_ms integer[]
-- $35 fresh_limit_ms integer[]
-- $36 inputs_hash bigint[]
-- writes
-- returns: gate_id bigint, epoch integer, seq bigint, day date, told smallint
INSERT INTO pass (gate_id, epoch, seq, day, told, site_id, worker_id, direction, verdict, why,
                  person_colour, colour_here, reasons, restrictions, flags, source, at,
                  decided_at, token_iat, token_index, facts_version, engagement_version,
                  site_version, org_version, policy, semantics, fresh_ms,
                  engine, inputs, today, device_version, token_policy, clock_offset_ms,
                  fresh_limit_ms, inputs_hash, batch_id)
SELECT gate_id, epoch, seq, day, told, site_id, worker_id, direction, verdict, why,
       person_colour, colour_here, reasons, restrictions, flags, source, at, decided_at,
       token_iat, token_index, facts_version, engagement_version, site_version, org_version,
       policy, semantics, fresh_ms, engine, inputs, today, device_version, token_policy,
       clock_offset_ms, fresh_limit_ms, inputs_hash, $1::bigint
FROM unnest($2::bigint[], $3::integer[], $4::bigint[], $5::date[], $6::smallint[], $7::bigint[],
            $8::bigint[], $9::smallint[], $10::smallint[], $11::smallint[], $12::smallint[],
            $13::smallint[], $14::bigint[], $15::integer[], $16::integer[], $17::smallint[],
            $18::timestamptz[], $19::timestamptz[], $20::bigint[], $21::bigint[],
            $22::integer[], $23::integer[], $24::integer[], $25::integer[], $26::integer[],
            $27::smallint[], $28::integer[], $29::smallint[], $30::integer[], $31::date[],
            $32::integer[], $33::integer[], $34::integer[], $35::integer[], $36::bigint[])
     AS sent (gate_id, epoch, seq, day, told, site_id, worker_id, direction, verdict, why,
              person_colour, colour_here, reasons, restrictions, flags, source, at, decided_at,
              token_iat, token_index, facts_version, engagement_version, site_version,
              org_version, policy, semantics, fresh_ms, engine, inputs, today,
              device_version, token_policy, clock_offset_ms, fresh_limit_ms, inputs_hash)
ON CONFLICT DO NOTHING
RETURNING gate_id, epoch, seq, day, told
