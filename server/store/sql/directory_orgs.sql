-- Organisations as they are now; of all, or of some.
-- $1 ids bigint[]
-- returns: id bigint, version integer, kind text, uscc text, name text, region text,
--          permit_state text, permit_until date, accreditations text, active boolean
SELECT DISTINCT ON (id)
       id, version, kind, uscc, name, region, permit_state, permit_until,
       array_to_string(accreditations, ',') AS accreditations, state = 'active' AS active
FROM org
WHERE $1::bigint[] IS NULL OR id = ANY ($1)
ORDER BY id, version DESC
