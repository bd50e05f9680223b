-- A new site.
-- $1 id bigint
-- $2 name text
-- $3 region text
-- $4 org_id bigint
-- $5 rule jsonb
-- $6 account_id bigint
-- writes
INSERT INTO site (id, version, name, region, org_id, rule, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6)
