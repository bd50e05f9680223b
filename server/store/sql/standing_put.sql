-- How sites stand, as just counted. A site that is not among them has lost its last person.
-- $1 site_ids bigint[]
-- $2 on_day date
-- $3 people integer[]
-- $4 no_code integer[]
-- $5 green integer[]
-- $6 yellow integer[]
-- $7 yellow_counted integer[]
-- $8 red integer[]
-- writes
WITH left_alone AS (
    UPDATE site_standing s
    SET on_day = $2::date, people = 0, no_code = 0, green = 0, yellow = 0, yellow_counted = 0,
        red = 0, at = clock_timestamp()
    WHERE s.people > 0
      AND NOT EXISTS (SELECT FROM unnest($1::bigint[]) AS u (site_id) WHERE u.site_id = s.site_id)
)
INSERT INTO site_standing AS s (site_id, on_day, people, no_code, green, yellow, yellow_counted, red)
SELECT u.site_id, $2::date, u.people, u.no_code, u.green, u.yellow, u.yellow_counted, u.red
FROM unnest($1::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[],
            $7::integer[], $8::integer[])
     AS u (site_id, people, no_code, green, yellow, yellow_counted, red)
ON CONFLICT (site_id) DO UPDATE
SET on_day = excluded.on_day, people = excluded.people, no_code = excluded.no_code,
    green = excluded.green, yellow = excluded.yellow, yellow_counted = excluded.yellow_counted,
    red = excluded.red, at = clock_timestamp()
