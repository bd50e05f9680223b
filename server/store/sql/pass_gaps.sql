-- Numbers that are missing between those that a gate has handed in.
-- $1 gate_id bigint
-- $2 epochs integer[]
-- $3 lowest bigint[]
-- $4 highest bigint[]
-- $5 from_day date
-- $6 until_day date
-- $7 count integer
-- returns: epoch integer, first_missing bigint, last_missing bigint
SELECT epoch, seq + 1 AS first_missing, following - 1 AS last_missing
FROM unnest($2::integer[], $3::bigint[], $4::bigint[]) AS r (of_epoch, lowest, highest),
LATERAL (
    SELECT epoch, seq, lead(seq) OVER (ORDER BY seq) AS following
    FROM pass
    WHERE gate_id = $1 AND epoch = r.of_epoch AND seq BETWEEN r.lowest AND r.highest
      AND day BETWEEN $5 AND $6 AND told = 0
    OFFSET 0
) p
WHERE following > seq + 1
ORDER BY epoch, first_missing
LIMIT $7::integer
