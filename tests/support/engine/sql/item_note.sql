-- Writes a note to an item, and waits for whoever holds it.
-- $1 id bigint
-- $2 note text
-- writes
-- returns: id bigint
UPDATE item SET note = $2 WHERE id = $1 RETURNING id
