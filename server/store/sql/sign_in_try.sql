-- Counts a try before it is looked at, so that many at the same moment are as many. No row: this one
-- comes too soon; after the fifth in vain each has to wait twice as long, up to a quarter of an hour.
-- $1 name_hash bytea
-- $2 known boolean
-- writes
-- returns: failures integer
INSERT INTO sign_in_try AS t (name_hash, known, failures, failed_at)
VALUES ($1, $2, 1, clock_timestamp())
ON CONFLICT ON CONSTRAINT sign_in_try_pkey DO UPDATE
SET failures = CASE WHEN t.failed_at < clock_timestamp() - interval '1 day' THEN 1
                    ELSE least(t.failures + 1, 1000) END,
    failed_at = clock_timestamp()
WHERE t.failures < 5
   OR t.failed_at + least(900, 2 ^ least(t.failures - 5, 10)) * interval '1 second' <=
      clock_timestamp()
RETURNING failures
