-- Numbers that are missing from a gate's receipts: between those it has handed in, and before the
-- first of an epoch.
-- $1 gate_id bigint
-- $2 count integer
-- returns: epoch integer, first_missing bigint, last_missing bigint
SELECT epoch, seq + 1 AS first_missing, following - 1 AS last_missing
FROM (SELECT epoch, seq, lead(seq) OVER (PARTITION BY epoch ORDER BY seq) AS following
      FROM (SELECT epoch, seq FROM receipt WHERE gate_id = $1::bigint
            UNION SELECT DISTINCT epoch, 0 FROM receipt WHERE gate_id = $1::bigint) AS numbers
     ) AS pairs
WHERE following > seq + 1
ORDER BY epoch DESC, first_missing
LIMIT $2::integer
