-- An appeal is filed. The round is that of this matter: who files it twice at once breaks appeal_once.
-- $1 id bigint
-- $2 worker_id bigint
-- $3 org_id bigint
-- $4 reason text
-- $5 scope text
-- $6 colour text
-- $7 on_day date
-- $8 policy integer
-- $9 site_id bigint
-- $10 region text
-- $11 disputes integer
-- $12 known_version integer
-- $13 round integer
-- $14 filed_on date
-- $15 due date
-- $16 due_certain boolean
-- $17 account_id bigint
-- writes
INSERT INTO appeal (id, version, worker_id, org_id, reason, scope, colour, on_day, policy, site_id, region,
                    disputes, known_version, round, filed_on, due, due_certain, account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
