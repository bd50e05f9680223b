-- Receipts that are not there yet. What comes back: how many different ones there are now under the
-- number of each, in the order in which they were sent. One that is there alone: 1.
-- $1 gate_id bigint
-- $2 batch_id bigint
-- $3 epochs integer[]
-- $4 seqs bigint[]
-- $5 digests bytea[]
-- $6 prevs bytea[]
-- $7 ats timestamptz[]
-- $8 signed bytea[]
-- writes
-- returns: place bigint, added boolean, others bigint
WITH sent AS (
    SELECT * FROM unnest($3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::timestamptz[],
                         $8::bytea[]) WITH ORDINALITY
                  AS u (epoch, seq, digest, prev, at, signed, place)
), added AS (
    INSERT INTO receipt (gate_id, epoch, seq, digest, prev, at, signed, batch_id)
    SELECT $1::bigint, epoch, seq, digest, prev, at, signed, $2::bigint FROM sent
    ON CONFLICT DO NOTHING
    RETURNING epoch, seq, digest
)
SELECT s.place,
       EXISTS (SELECT FROM added a
               WHERE a.epoch = s.epoch AND a.seq = s.seq AND a.digest = s.digest) AS added,
       (SELECT count(*) FROM receipt r
        WHERE r.gate_id = $1 AND r.epoch = s.epoch AND r.seq = s.seq AND r.digest <> s.digest)
       + (SELECT count(*) FROM added a
          WHERE a.epoch = s.epoch AND a.seq = s.seq AND a.digest <> s.digest) AS others
FROM sent s
ORDER BY s.place
