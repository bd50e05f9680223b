-- A session is being used.
-- $1 id bigint
-- writes
UPDATE session SET seen_at = clock_timestamp() WHERE id = $1
