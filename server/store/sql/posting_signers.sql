-- The current state of accounts that are said to have signed.
-- $1 account_ids bigint[]
-- returns: id bigint, role text, region text, state text
SELECT s.id, s.role, s.region, s.state
FROM (SELECT DISTINCT i FROM unnest($1::bigint[]) AS u (i)) AS wanted
CROSS JOIN LATERAL (SELECT id, role, region, state FROM account WHERE account.id = wanted.i
                    ORDER BY version DESC LIMIT 1) AS s
