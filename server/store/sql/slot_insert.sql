-- A slot for each new worker: the first free one of his random candidates. When all are taken, or
-- two workers drew the same, the key refuses and the caller draws again.
-- $1 worker_ids bigint[]
-- $2 candidates bigint[]  per_worker of them for each worker, in his order
-- $3 per_worker integer
-- writes
INSERT INTO slot (index, worker_id)
SELECT coalesce((SELECT c
                 FROM unnest(($2::bigint[])[(a.ord - 1) * $3::integer + 1 : a.ord * $3::integer]) WITH ORDINALITY AS u (c, n)
                 WHERE NOT EXISTS (SELECT FROM slot s WHERE s.index = u.c) ORDER BY n LIMIT 1),
                ($2::bigint[])[(a.ord - 1) * $3::integer + 1]),
       a.worker_id
FROM unnest($1::bigint[]) WITH ORDINALITY AS a (worker_id, ord)
