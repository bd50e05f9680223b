-- The lists from which slots are drawn.
-- returns: number integer
SELECT number FROM slot_list WHERE open ORDER BY number
