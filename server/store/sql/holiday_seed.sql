-- Puts a year's calendar that comes with the program, unless the year is known.
-- $1 document jsonb
-- writes
INSERT INTO holiday_year (year, version, document, account_id)
VALUES (($1::jsonb ->> 'year')::integer, 1, $1::jsonb, 0)
ON CONFLICT ON CONSTRAINT holiday_year_pkey DO NOTHING
