-- Adds an item, and takes its time over it.
-- $1 id bigint
-- $2 ms bigint
-- writes
INSERT INTO item (id) SELECT $1 FROM pg_sleep($2::bigint / 1000.0)
