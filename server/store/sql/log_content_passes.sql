-- The same for batches of passes: what the batch's row says, how many passes lie there under its
-- number, and SHA-256 over their lines in the order of their keys. They were written in the batch's
-- transaction, so its time and days bound where they are looked for, once for all batches.
-- $1 batches bigint[]
-- returns: batch bigint, at timestamptz, content text
WITH wanted AS MATERIALIZED (
    SELECT id, server_id, passes, first_day, last_day, at
    FROM pass_batch WHERE id = ANY ($1::bigint[])
), lines AS MATERIALIZED (
    SELECT batch_id, count(*) AS stored,
           encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY gate_id, epoch, seq, day, told),
                                    'UTF8')), 'hex') AS digest
    FROM (SELECT batch_id, gate_id, epoch, seq, day, told,
                 concat_ws(',', gate_id, epoch, seq, to_char(day, 'YYYY-MM-DD'), told, site_id,
                           worker_id, direction, verdict, why, person_colour, colour_here, reasons,
                           restrictions, flags, source, (extract(epoch FROM at) * 1000000)::bigint,
                           (extract(epoch FROM decided_at) * 1000000)::bigint,
                           (extract(epoch FROM recorded_at) * 1000000)::bigint, token_iat,
                           token_index, facts_version, engagement_version, site_version,
                           org_version, policy, semantics, fresh_ms, engine, inputs,
                           to_char(today, 'YYYY-MM-DD'), device_version, token_policy,
                           clock_offset_ms, fresh_limit_ms, inputs_hash) AS line
          FROM pass
          WHERE day >= (SELECT min(first_day) FROM wanted)
            AND day <= (SELECT max(last_day) FROM wanted)
            AND recorded_at >= (SELECT min(at) FROM wanted) - interval '1 minute'
            AND recorded_at < (SELECT max(at) FROM wanted) + interval '10 minutes'
            AND batch_id = ANY ($1::bigint[])) p
    GROUP BY batch_id
)
SELECT w.id AS batch, w.at,
       jsonb_build_array(1, w.id, w.server_id, w.passes, w.first_day, w.last_day,
                         (extract(epoch FROM w.at) * 1000000)::bigint, coalesce(l.stored, 0),
                         coalesce(l.digest, ''))::text AS content
FROM wanted w LEFT JOIN lines l ON l.batch_id = w.id
