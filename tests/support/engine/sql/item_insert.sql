-- Adds an item.
-- $1 id bigint
-- $2 name text
-- writes
INSERT INTO item (id, name) VALUES ($1, $2)
