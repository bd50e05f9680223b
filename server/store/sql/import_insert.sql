-- An import begins.
-- $1 id bigint
-- $2 account_id bigint
-- $3 org_id bigint
-- $4 rows_total integer
-- $5 server_id uuid
-- writes
INSERT INTO import (id, account_id, org_id, rows_total, server_id) VALUES ($1, $2, $3, $4, $5)
