-- Who looked at a person, newest first. Found by the two indexes first and put in order then: left
-- to itself, the planner would walk back through everybody's rows for the sake of the LIMIT.
-- $1 worker_id bigint
-- $2 before bigint
-- $3 count integer
-- returns: id bigint, at timestamptz, action text, account_id bigint, role text, org_id bigint,
--   org_name text
WITH looked AS MATERIALIZED (
    SELECT id, at, action, account_id FROM audit WHERE worker_id = $1 AND id < $2
    UNION ALL
    SELECT id, at, action, account_id FROM audit
    WHERE worker_ids IS NOT NULL AND worker_ids @> ARRAY[$1::bigint] AND id < $2
), page AS (
    SELECT * FROM looked ORDER BY id DESC LIMIT $3::integer
)
SELECT a.id, a.at, a.action, a.account_id, c.role, c.org_id, o.name AS org_name
FROM page a
LEFT JOIN LATERAL (SELECT role, org_id FROM account WHERE account.id = a.account_id
                   ORDER BY version DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT name FROM org WHERE org.id = c.org_id
                   ORDER BY version DESC LIMIT 1) o ON true
ORDER BY a.id DESC
