-- How a site stood when it was last counted.
-- $1 site_id bigint
-- returns: on_day date, people integer, no_code integer, green integer, yellow integer,
--   yellow_counted integer, red integer, at timestamptz
SELECT on_day, people, no_code, green, yellow, yellow_counted, red, at
FROM site_standing WHERE site_id = $1
