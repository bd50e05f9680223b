-- A new organisation.
-- $1 id bigint
-- $2 kind text
-- $3 uscc text
-- $4 name text
-- $5 region text
-- $6 permit_state text
-- $7 permit_until date
-- $8 accreditations text[]
-- $9 account_id bigint
-- writes
INSERT INTO org (id, version, kind, uscc, name, region, permit_state, permit_until, accreditations,
                 account_id)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)
