-- He is in: what was tried in vain before counts no more, there where it was counted.
-- $1 name_hash bytea
-- $2 known boolean
-- writes
DELETE FROM sign_in_try WHERE name_hash = $1 AND known = $2
