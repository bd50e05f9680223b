-- A new webhook with its first secret.
-- $1 id bigint
-- $2 role text
-- $3 org_id bigint
-- $4 site_id bigint
-- $5 region text
-- $6 url text
-- $7 events text[]
-- $8 account_id bigint
-- $9 sealed bytea
-- writes
WITH secret AS (
    INSERT INTO webhook_secret (webhook_id, number, sealed) VALUES ($1, 1, $9)
)
INSERT INTO webhook (id, version, role, org_id, site_id, region, url, events, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)
