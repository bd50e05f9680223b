-- The calendars of years in (after, after + count], as they are now.
-- $1 after integer
-- $2 count integer
-- returns: year integer, version integer, document jsonb, recorded_at timestamptz
SELECT DISTINCT ON (year) year, version, document, recorded_at
FROM holiday_year WHERE year > $1 AND year <= $1 + $2
ORDER BY year, version DESC
