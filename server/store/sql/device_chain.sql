-- How complete the chain of a gate's receipts is, epoch by epoch, newest first. Numbers count up
-- from 1 in an epoch; each receipt names the one before it by its digest, also across epochs; zeros
-- begin a chain.
--   forks    numbers under which there is more than one receipt
--   unlinked receipts whose predecessor is not there (yet)
--   broken   receipts whose predecessor is there and does not stand before them
--   branched receipts that name a predecessor which another one names as well: an old image goes on
--   begun    receipts that name no predecessor; more than one in all is a gate that lost its memory
-- $1 gate_id bigint
-- $2 count integer
-- returns: epoch integer, receipts bigint, last_seq bigint, missing bigint, forks bigint,
--   unlinked bigint, broken bigint, branched bigint, begun bigint, first_at timestamptz,
--   last_at timestamptz
WITH mine AS MATERIALIZED (
    SELECT epoch, seq, digest, prev, at,
           prev = '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea AS begins
    FROM receipt WHERE gate_id = $1::bigint
), linked AS (
    SELECT m.epoch, m.seq, m.at, m.begins, b.epoch AS before_epoch, b.seq AS before_seq,
           count(*) OVER (PARTITION BY m.prev) AS sharing
    FROM mine m LEFT JOIN mine b ON b.digest = m.prev
)
SELECT epoch, count(*) AS receipts, max(seq) AS last_seq,
       (max(seq) - count(DISTINCT seq))::bigint AS missing,
       count(*) - count(DISTINCT seq) AS forks,
       count(*) FILTER (WHERE NOT begins AND before_epoch IS NULL) AS unlinked,
       count(*) FILTER (WHERE before_epoch IS NOT NULL AND NOT
                        ((before_epoch = epoch AND before_seq = seq - 1) OR
                         (before_epoch < epoch AND seq = 1))) AS broken,
       count(*) FILTER (WHERE NOT begins AND sharing > 1) AS branched,
       count(*) FILTER (WHERE begins) AS begun,
       min(at) AS first_at, max(at) AS last_at
FROM linked
GROUP BY epoch
ORDER BY epoch DESC
LIMIT $2::integer
