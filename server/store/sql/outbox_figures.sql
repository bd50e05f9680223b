-- What is still to be told, what was given up, and how long the oldest has been waiting.
-- returns: pending bigint, dead bigint, oldest_s bigint
SELECT (SELECT count(*) FROM delivery WHERE state = 'pending') AS pending,
       (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::bigint
        FROM delivery WHERE state = 'pending') AS oldest_s
