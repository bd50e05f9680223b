-- The next version of a site: what is NULL stays. Whoever amends the same version second breaks
-- site_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 name text
-- $4 state text
-- $5 rule jsonb
-- $6 rectification bigint[]
-- $7 account_id bigint
-- writes
INSERT INTO site (id, version, name, region, org_id, state, rule, rectification, account_id)
SELECT id, version + 1, coalesce($3, name), region, org_id, coalesce($4, state),
       coalesce($5, rule), coalesce($6, rectification), $7::bigint
FROM site
WHERE id = $1 AND version = $2
