-- Engagements as the fold yields them.
-- $1 worker_ids bigint[]
-- $2 versions integer[]
-- $3 org_ids bigint[]
-- $4 site_ids bigint[]
-- $5 trades smallint[]
-- $6 roles smallint[]
-- $7 from_days date[]
-- $8 until_days date[]
-- writes
INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day, until_day)
SELECT w, v, o, s, t, r, f, u
FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::bigint[], $5::smallint[], $6::smallint[],
            $7::date[], $8::date[]) AS n (w, v, o, s, t, r, f, u)
ON CONFLICT (worker_id, version) DO UPDATE
SET org_id = excluded.org_id, site_id = excluded.site_id, trade = excluded.trade,
    role = excluded.role, from_day = excluded.from_day, until_day = excluded.until_day
