-- Organisations in the versions that passes name: those of the engagements that were found then.
-- Columns as directory_orgs has them.
-- $1 worker_ids bigint[]
-- $2 engagement_versions integer[]
-- $3 versions integer[]
-- returns: id bigint, version integer, kind text, uscc text, name text, region text,
--          permit_state text, permit_until date, accreditations text, active boolean
SELECT id, version, kind, uscc, name, region, permit_state, permit_until,
       array_to_string(accreditations, ',') AS accreditations, state = 'active' AS active
FROM org
WHERE (id, version) IN (
    SELECT (r.body ->> 'org')::bigint, named.v
    FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS named (w, e, v)
    JOIN record r ON r.worker_id = named.w AND r.version = named.e)
