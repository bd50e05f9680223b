-- A number for a new account.
-- returns: id bigint
SELECT nextval('account_id') AS id
