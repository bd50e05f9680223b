-- What became of an alert, in order: the newest 200.
-- $1 alert_id bigint
-- returns: at timestamptz, event text, account_id bigint, deadline date, people integer,
--   yellow integer, red integer
SELECT at, event, account_id, deadline, people, yellow, red
FROM (SELECT * FROM alert_event WHERE alert_id = $1 ORDER BY at DESC LIMIT 200) AS newest
ORDER BY at
