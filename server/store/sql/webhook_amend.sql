-- The next version of a webhook: what is NULL stays. Whoever amends the same version second breaks
-- webhook_pkey.
-- $1 id bigint
-- $2 version integer
-- $3 url text
-- $4 events text[]
-- $5 state text
-- $6 account_id bigint
-- writes
INSERT INTO webhook (id, version, role, org_id, site_id, region, url, events, state, account_id)
SELECT id, version + 1, role, org_id, site_id, region, coalesce($3, url), coalesce($4, events),
       coalesce($5, state), $6::bigint
FROM webhook
WHERE id = $1 AND version = $2
