-- Leaves get their numbers, from $1 on, and are pending no more. Whoever was faster has the number
-- or the row already: then nothing of this batch is kept.
-- $1 first bigint
-- $2 kinds smallint[]
-- $3 subjects bigint[]
-- $4 numbers bigint[]
-- $5 salts bytea[]
-- $6 commitments bytea[]
-- $7 pending bigint[]
-- writes
WITH sealed AS (DELETE FROM log_pending WHERE id = ANY ($7::bigint[]))
INSERT INTO log_leaf (index, kind, subject, number, salt, commitment)
SELECT $1::bigint + place - 1, kind, subject, number, salt, commitment
FROM unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[]) WITH ORDINALITY
     AS u (kind, subject, number, salt, commitment, place)
