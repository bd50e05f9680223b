-- A part of an item that is looked for at commit only.
-- $1 item_id bigint
-- writes
INSERT INTO part (item_id) VALUES ($1)
