-- What follows in the batch happens to this login one after another.
-- $1 account_id bigint
-- writes
-- returns: account_id bigint
SELECT account_id FROM login WHERE account_id = $1 FOR UPDATE
