-- The trial of a policy begins.
-- $1 id bigint
-- $2 policy integer
-- $3 region text
-- $4 on_day date
-- $5 account_id bigint
-- $6 workers bigint
-- $7 server_id uuid
-- writes
INSERT INTO trial (id, policy, region, on_day, account_id, workers, server_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
