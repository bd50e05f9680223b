-- One more badge for each worker, with a slot of its own: the first free one of his random candidates.
-- When all are taken, or two drew the same, a key refuses and the caller draws again. `numbers` are
-- what the caller counted; another who counted the same comes too late.
-- $1 worker_ids bigint[]
-- $2 numbers integer[]
-- $3 candidates bigint[]  per_badge of them for each, in his order
-- $4 per_badge integer
-- $5 org_id bigint
-- $6 account_id bigint
-- $7 issued_at timestamptz
-- $8 expires_at timestamptz
-- writes
WITH drawn AS (
    SELECT a.worker_id, a.number,
           coalesce((SELECT c
                     FROM unnest(($3::bigint[])[(a.ord - 1) * $4::integer + 1 : a.ord * $4::integer]) WITH ORDINALITY AS u (c, n)
                     WHERE NOT EXISTS (SELECT FROM slot s WHERE s.index = u.c) ORDER BY n LIMIT 1),
                    ($3::bigint[])[(a.ord - 1) * $4::integer + 1]) AS index
    FROM unnest($1::bigint[], $2::integer[]) WITH ORDINALITY AS a (worker_id, number, ord)),
given AS (INSERT INTO slot (index, worker_id, badge) SELECT index, worker_id, number FROM drawn)
INSERT INTO badge (worker_id, number, index, org_id, account_id, issued_at, expires_at)
SELECT worker_id, number, index, $5::bigint, $6::bigint, $7::timestamptz, $8::timestamptz FROM drawn
