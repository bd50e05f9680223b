-- The next version of a year's calendar; who comes second breaks holiday_year_pkey.
-- $1 year integer
-- $2 version integer
-- $3 document jsonb
-- $4 account_id bigint
-- writes
INSERT INTO holiday_year (year, version, document, account_id) VALUES ($1, $2, $3, $4)
