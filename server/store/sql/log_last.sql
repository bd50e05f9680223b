-- Where the log stands: the newest head. No row: there is none yet.
-- returns: sequence bigint, size bigint, root bytea, at timestamptz, server_id uuid, age_ms bigint
SELECT sequence, size, root, at, server_id,
       (extract(epoch FROM clock_timestamp() - at) * 1000)::bigint AS age_ms
FROM log_head ORDER BY sequence DESC LIMIT 1
