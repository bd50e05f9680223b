-- One server at a time counts: whoever finds the last round at least that old.
-- $1 period_ms bigint
-- writes
-- returns: claimed boolean
WITH claimed AS (
    UPDATE alert_round SET at = clock_timestamp()
    WHERE at <= clock_timestamp() - $1::bigint * interval '1 millisecond'
    RETURNING 1
)
SELECT EXISTS (SELECT FROM claimed) AS claimed
