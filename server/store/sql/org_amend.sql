-- The next version of an organisation: what is NULL stays. Whoever amends the same version second
-- breaks org_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 name text
-- $4 region text
-- $5 permit_state text
-- $6 permit_until_given boolean
-- $7 permit_until date
-- $8 accreditations text[]
-- $9 state text
-- $10 account_id bigint
-- writes
INSERT INTO org (id, version, kind, uscc, name, region, permit_state, permit_until, accreditations,
                 state, account_id)
SELECT id, version + 1, kind, uscc, coalesce($3, name), coalesce($4, region),
       coalesce($5, permit_state), CASE WHEN $6::boolean THEN $7::date ELSE permit_until END,
       coalesce($8, accreditations), coalesce($9, state), $10::bigint
FROM org
WHERE id = $1 AND version = $2
