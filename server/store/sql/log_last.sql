-- Where the log stands: the newest head, and how many leaves there are at the same moment. No row:
-- there is no head yet.
-- returns: sequence bigint, size bigint, root bytea, at timestamptz, server_id uuid, age_ms bigint,
--   leaves bigint
SELECT sequence, size, root, at, server_id,
       (extract(epoch FROM clock_timestamp() - at) * 1000)::bigint AS age_ms,
       (SELECT coalesce(max(index) + 1, 0) FROM log_leaf) AS leaves
FROM log_head ORDER BY sequence DESC LIMIT 1
