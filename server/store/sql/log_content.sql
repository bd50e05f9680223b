-- What rows say, as the log commits to it: one line of JSON each, beginning with the number of its
-- form, in the way PostgreSQL writes jsonb. A leaf stands for exactly this text, so a form never
-- changes once it was sealed: a column that is added later is a new form for the rows since then.
-- Instants are microseconds since 1970. A row that is gone is not returned. Batches of passes:
-- log_content_passes.sql.
-- $1 kinds smallint[]
-- $2 subjects bigint[]
-- $3 numbers bigint[]
-- returns: place bigint, at timestamptz, content text
SELECT k.place, c.at, c.content
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
     AS k (kind, subject, number, place)
CROSS JOIN LATERAL (
    SELECT recorded_at AS at,
           jsonb_build_array(1, worker_id, version, kind, occurred_on,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint, account_id,
                             org_id, body)::text AS content
    FROM record WHERE k.kind = 1 AND worker_id = k.subject AND version = k.number
    UNION ALL
    SELECT at,
           jsonb_build_array(1, id, (extract(epoch FROM at) * 1000000)::bigint, account_id, action,
                             worker_id, worker_ids, detail, request_id)::text
    FROM audit WHERE k.kind = 2 AND id = k.subject
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, number, version, state, encode(sha256, 'hex'), account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint, document)::text
    FROM policy WHERE k.kind = 3 AND number = k.subject AND version = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, s.number, version, encode(kid, 'hex'), alg, encode(point, 'hex'),
                             kinds, nbf, exp, state, emergency, reason, account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM signing_key s WHERE k.kind = 4 AND s.number = k.subject AND version = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, sequence, encode(signed, 'hex'), account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM trust_list WHERE k.kind = 13 AND sequence = k.subject
    UNION ALL
    SELECT NULL::timestamptz, -- issued_at is the whole second before
           jsonb_build_array(1, worker_id, b.number, index, org_id, account_id,
                             extract(epoch FROM issued_at)::bigint,
                             extract(epoch FROM expires_at)::bigint,
                             (SELECT jsonb_build_array(s.worker_id, s.badge) FROM slot s
                              WHERE s.index = b.index))::text
    FROM badge b WHERE k.kind = 5 AND worker_id = k.subject AND b.number = k.number
    UNION ALL
    SELECT at,
           jsonb_build_array(1, worker_id, v.number, reason, account_id,
                             (extract(epoch FROM at) * 1000000)::bigint)::text
    FROM badge_void v WHERE k.kind = 12 AND worker_id = k.subject AND v.number = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, device_id, number, encode(kid, 'hex'), alg, encode(point, 'hex'),
                             removes, account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM device_key WHERE k.kind = 7 AND device_id = k.subject AND number = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, id, version, kind, uscc, name, region, permit_state, permit_until,
                             accreditations, state, account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM org WHERE k.kind = 8 AND id = k.subject AND version = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, id, version, name, region, org_id, state, rule, rectification,
                             account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM site WHERE k.kind = 9 AND id = k.subject AND version = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, id, version, site_id, name, direction, zone, state, account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM device WHERE k.kind = 10 AND id = k.subject AND version = k.number
    UNION ALL
    SELECT recorded_at,
           jsonb_build_array(1, id, version, role, org_id, site_id, device_id, region, label, state,
                             key_prefix, encode(key_hash, 'hex'), account_id,
                             (extract(epoch FROM recorded_at) * 1000000)::bigint)::text
    FROM account WHERE k.kind = 11 AND id = k.subject AND version = k.number
) c
